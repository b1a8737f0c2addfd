/** What a model's process has given up (infra/native/host/confine.c). What is false, this system does not offer. */
export interface Confinement {
  /** All files but the system's, the model's package and a folder of its own (Landlock). */
  readonly files: boolean;
  /** The system calls that it does not need (seccomp). */
  readonly calls: boolean;
  /** It is not root, and has no capability. */
  readonly user: boolean;
}
