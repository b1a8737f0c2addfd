import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Pointer } from "../fmi/c-library.ts";
import { LoadError } from "../fmi/status.ts";
import { libraryFolders } from "../library-folders.ts";
import koffi from "../native.ts";

/** SUNDIALS' CVODE 6, of Debian's libsundials-cvode6: has all else in it that is used here. */
const FILE = "libsundials_cvode.so.6";

const PROTOTYPES = {
  SUNContext_Create: ["int", ["void *", "void *"]],
  N_VNew_Serial: ["void *", ["int64", "void *"]],
  N_VGetArrayPointer: ["void *", ["void *"]],
  SUNDenseMatrix: ["void *", ["int64", "int64", "void *"]],
  SUNLinSol_Dense: ["void *", ["void *", "void *", "void *"]],
  CVodeCreate: ["void *", ["int", "void *"]],
  CVodeSetUserData: ["int", ["void *", "void *"]],
  CVodeSetJacFn: ["int", ["void *", "void *"]],
  CVodeInit: ["int", ["void *", "void *", "double", "void *"]],
  CVodeReInit: ["int", ["void *", "double", "void *"]],
  CVodeSVtolerances: ["int", ["void *", "double", "void *"]],
  CVodeSetLinearSolver: ["int", ["void *", "void *", "void *"]],
  CVodeSetErrHandlerFn: ["int", ["void *", "void *", "void *"]],
  CVodeSetNoInactiveRootWarn: ["int", ["void *"]],
  CVodeSetMaxStep: ["int", ["void *", "double"]],
  CVodeSetStopTime: ["int", ["void *", "double"]],
  CVodeRootInit: ["int", ["void *", "int", "void *"]],
  CVode: ["int", ["void *", "double", "void *", "void *", "int"]],
  CVodeFree: ["void", ["void *"]],
  N_VDestroy: ["void", ["void *"]],
  SUNMatDestroy: ["void", ["void *"]],
  SUNLinSolFree: ["int", ["void *"]],
  SUNContext_Free: ["int", ["void *"]],
  CVodeGetDky: ["int", ["void *", "double", "int", "void *"]],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

type CvodeFunction = keyof typeof PROTOTYPES;

type Result<Type extends string> = Type extends "void *" ? Pointer | null : Type extends "int" ? number : undefined;

/** CVODE's functions: those that make or find something return its address, null if they cannot; most others a flag. */
export type CvodeLibrary = {
  readonly [Name in CvodeFunction]: (...args: readonly unknown[]) => Result<(typeof PROTOTYPES)[Name][0]>;
};

let loaded: CvodeLibrary | undefined;
let native: ReturnType<typeof koffi.load> | undefined;

/** Those of its functions that C code calls by their addresses, which `cvodeLibrary` has loaded. */
const CALLED_IN_C = [
  "N_VGetArrayPointer",
  "SUNDenseMatrix_Column",
  "CVodeGetErrWeights",
  "CVodeGetCurrentStep",
] as const;

/** Their addresses. Only after `cvodeLibrary`. */
export function addresses(): Record<(typeof CALLED_IN_C)[number], Pointer> {
  const found = CALLED_IN_C.map((name) => [name, native?.symbol(name)]);
  return Object.fromEntries(found) as Record<(typeof CALLED_IN_C)[number], Pointer>;
}

/** CVODE, loaded at first use. Throws `LoadError` saying what to install if it is nowhere. */
export function cvodeLibrary(): CvodeLibrary {
  if (loaded !== undefined) return loaded;
  const file = libraryFolders()
    .map((folder) => join(folder, FILE))
    .find((each) => existsSync(each));
  let library: ReturnType<typeof koffi.load>;
  try {
    library = koffi.load(file ?? FILE);
    native = library;
  } catch (error) {
    throw new LoadError(
      `models for Model Exchange need SUNDIALS' CVODE 6 (${FILE}), which was not found: install libsundials-cvode6 (Debian, ` +
        'Ubuntu), or have it collected by "npm run layer"',
      { cause: error },
    );
  }
  const functions = Object.entries(PROTOTYPES).map(([name, [result, args]]) => [
    name,
    library.func(name, result, [...args]),
  ]);
  loaded = Object.fromEntries(functions) as CvodeLibrary;
  return loaded;
}
