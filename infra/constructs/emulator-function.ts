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

/** What the layer is made of: there on x86-64 Linux with a C compiler. */
const LAYER = join(DIST, "native");

/** What cannot run because this machine lacks its parts. The stack can be described on any machine. */
export function missingNatives(): string[] {
  if (existsSync(join(LAYER, "bin"))) return [];
  return ['no FMU can run: "npm run layer", on x86-64 Linux with a C compiler, makes what they need'];
}

/**
 * The function that runs compiled models: native code from users, so that it gets no permission. Its role denies every
 * action, even logs and traces; its environment names no resource; and Lambda isolates tenants, so that a process that
 * has run one owner's code never serves another owner. A model's log lines go into the reply, and the caller logs
 * them.
 */
export class EmulatorFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: { readonly timeout: Duration; readonly reserved?: number }) {
    super(scope, id);
    // By default the construct library adds a log group, to which this function could never write.
    this.node.setContext("@aws-cdk/aws-lambda:useCdkManagedLogGroup", false);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    // A role without statements allows nothing, either. The denial outweighs permissions that others may grant later.
    role.addToPolicy(
      new PolicyStatement({ sid: "NothingAtAll", effect: Effect.DENY, actions: ["*"], resources: ["*"] }),
    );
    this.function = new LambdaFunction(this, "Function", {
      description: "Runs compiled models without any permission",
      code: Code.fromAsset(join(DIST, "emulator"), { exclude: NO_ARTIFACTS }),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      // FMUs are compiled for linux64, which is x86-64.
      architecture: Architecture.X86_64,
      tenancyConfig: TenancyConfig.PER_TENANT,
      // Lambda gives processors in proportion to memory: this is one whole processor, with room for several models.
      memorySize: 2048,
      // For the unpacked packages of one owner.
      ephemeralStorageSize: Size.gibibytes(4),
      timeout: props.timeout,
      role,
      tracing: Tracing.DISABLED,
      layers: this.#layers(),
      ...(props.reserved === undefined ? {} : { reservedConcurrentExecutions: props.reserved }),
    });
  }

  /** Lets a function call this one, and gives it this one's name. */
  bindCaller(to: ServiceFunction): void {
    to.allow("RunModels", ["lambda:InvokeFunction"], [this.function.functionArn]);
    to.tell(ENV.emulatorFunction, this.function.functionName);
  }

  /** Gives a function the version of the code that runs the models: a verdict on a model holds for one version. */
  tellVersion(to: ServiceFunction): void {
    const folders = [join(DIST, "emulator"), LAYER].filter((folder) => existsSync(folder));
    const version = folders.map((folder) => FileSystem.fingerprint(folder, { exclude: NO_ARTIFACTS }).slice(0, 32));
    to.tell(ENV.emulatorVersion, version.join("-"));
  }

  /** The program of a model's process, and libraries. */
  #layers(): LayerVersion[] {
    if (!existsSync(join(LAYER, "lib"))) return [];
    const layer = new LayerVersion(this, "Libraries", {
      description: "The program that models run in, SUNDIALS, and what models of older compilers ask for",
      code: Code.fromAsset(LAYER),
      compatibleArchitectures: [Architecture.X86_64],
    });
    return [layer];
  }
}
