import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Duration, FileSystem, Size } from "aws-cdk-lib";
import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LayerVersion,
  Runtime,
  TenancyConfig,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { ENV } from "../../functions/platform/environment.ts";
import { DIST } from "../bundle.ts";
import { NO_ARTIFACTS, type ServiceFunction } from "./service-function.ts";

/** What the layer is made of, and koffi's native part: there on x86-64 Linux, for which they are. */
const LAYER = join(DIST, "native");
const KOFFI = join(DIST, "emulator", "node_modules", "@koromix");

/** What cannot run, for want of what this machine does not have. The stack can be described all the same, anywhere. */
export function missingNatives(): string[] {
  if (!existsSync(KOFFI)) return ["no FMU can run: deploy from x86-64 Linux, where npm installs koffi's binary for it"];
  if (!existsSync(join(LAYER, "lib"))) {
    return ['FMUs for Model Exchange cannot run, nor those of older compilers: "npm run layer" makes what they need'];
  }
  return [];
}

/**
 * The function that runs compiled models: native code that users have uploaded, so it is given nothing. Its role denies
 * every action, its own log and traces included; it is told no name and no address; and Lambda keeps tenants apart, so
 * that a process which has run one owner's code never serves another. What a model says comes back with the reply, and
 * is logged by whoever called.
 */
export class EmulatorFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: { readonly timeout: Duration; readonly reserved?: number }) {
    super(scope, id);
    // The construct library would add a log group, that nothing could ever be written to.
    this.node.setContext("@aws-cdk/aws-lambda:useCdkManagedLogGroup", false);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    // Without any statement it would allow nothing either; this outweighs whatever others may once grant to it.
    role.addToPolicy(
      new PolicyStatement({ sid: "NothingAtAll", effect: Effect.DENY, actions: ["*"], resources: ["*"] }),
    );
    this.function = new LambdaFunction(this, "Function", {
      description: "Runs compiled models, away from everything else",
      code: Code.fromAsset(join(DIST, "emulator"), { exclude: NO_ARTIFACTS }),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      // FMUs are compiled for linux64, which is this.
      architecture: Architecture.X86_64,
      tenancyConfig: TenancyConfig.PER_TENANT,
      // A whole processor, which Lambda gives by memory, and room for several models.
      memorySize: 2048,
      // Unpacked packages of one owner.
      ephemeralStorageSize: Size.gibibytes(4),
      timeout: props.timeout,
      role,
      tracing: Tracing.DISABLED,
      layers: this.#layers(),
      ...(props.reserved === undefined ? {} : { reservedConcurrentExecutions: props.reserved }),
    });
  }

  /** Lets a function have models run, and tells it by which. */
  bindCaller(to: ServiceFunction): void {
    to.allow("RunModels", ["lambda:InvokeFunction"], [this.function.functionArn]);
    to.tell(ENV.emulatorFunction, this.function.functionName);
  }

  /** Tells a function which code runs the models: a verdict on a model holds for this code only. */
  tellVersion(to: ServiceFunction): void {
    const folders = [join(DIST, "emulator"), LAYER].filter((folder) => existsSync(folder));
    const version = folders.map((folder) => FileSystem.fingerprint(folder, { exclude: NO_ARTIFACTS }).slice(0, 32));
    to.tell(ENV.emulatorVersion, version.join("-"));
  }

  /** The solver's libraries. */
  #layers(): LayerVersion[] {
    if (!existsSync(join(LAYER, "lib"))) return [];
    const layer = new LayerVersion(this, "Libraries", {
      description: "SUNDIALS, and what models of older compilers ask for",
      code: Code.fromAsset(LAYER),
      compatibleArchitectures: [Architecture.X86_64],
    });
    return [layer];
  }
}
