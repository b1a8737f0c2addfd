import koffi from "../native.ts";
import { prctl, systemCall } from "./system-call.ts";

/* Linux' seccomp(2): a program in BPF decides over every system call of this process, for good. */
const [SECCOMP, SET_MODE_FILTER, ALL_THREADS, NO_NEW_PRIVILEGES] = [317, 1, 1, 38];
const [LOAD_WORD, EQUALS, AT_LEAST, HAS_BITS, RETURN] = [0x20, 0x15, 0x35, 0x45, 0x06];
const [NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT, SECOND_ARGUMENT_AT] = [0, 4, 16, 24];
const [X86_64, X32_CALLS, CLONE_THREAD] = [0xc000003e, 0x40000000, 0x10000];
const [ALLOW, KILL, REFUSE, ABSENT] = [0x7fff0000, 0x80000000, 0x50000 | 1 /* EPERM */, 0x50000 | 38 /* ENOSYS */];

/** By their numbers on x86-64. What would reach other processes, the network, or more rights, or change what is not its own. */
const REFUSED = {
  // Whose files are, who may use them, and when they were changed: Landlock does not look at any of these.
  chmod: 90,
  fchmod: 91,
  fchmodat: 268,
  fchmodat2: 452,
  chown: 92,
  fchown: 93,
  lchown: 94,
  fchownat: 260,
  utime: 132,
  utimes: 235,
  futimesat: 261,
  utimensat: 280,
  setxattr: 188,
  lsetxattr: 189,
  fsetxattr: 190,
  setxattrat: 463,
  removexattr: 197,
  lremovexattr: 198,
  fremovexattr: 199,
  removexattrat: 466,
  file_setattr: 469,
  mknod: 133,
  mknodat: 259,
  // What happens to others' files.
  inotify_init: 253,
  inotify_init1: 294,
  inotify_add_watch: 254,
  fanotify_init: 300,
  fanotify_mark: 301,
  name_to_handle_at: 303,
  lookup_dcookie: 212,
  socket: 41,
  connect: 42,
  accept: 43,
  sendto: 44,
  bind: 49,
  listen: 50,
  socketpair: 53,
  accept4: 288,
  fork: 57,
  vfork: 58,
  execve: 59,
  execveat: 322,
  ptrace: 101,
  process_vm_readv: 310,
  process_vm_writev: 311,
  process_madvise: 440,
  kcmp: 312,
  pidfd_open: 434,
  pidfd_getfd: 438,
  pidfd_send_signal: 424,
  tkill: 200,
  rt_sigqueueinfo: 129,
  rt_tgsigqueueinfo: 297,
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  bpf: 321,
  perf_event_open: 298,
  userfaultfd: 323,
  add_key: 248,
  request_key: 249,
  keyctl: 250,
  mount: 165,
  umount2: 166,
  pivot_root: 155,
  chroot: 161,
  unshare: 272,
  setns: 308,
  open_by_handle_at: 304,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  mount_setattr: 442,
  open_tree_attr: 467,
  statmount: 457,
  listmount: 458,
  init_module: 175,
  finit_module: 313,
  delete_module: 176,
  kexec_load: 246,
  kexec_file_load: 320,
  reboot: 169,
  swapon: 167,
  swapoff: 168,
  iopl: 172,
  ioperm: 173,
  settimeofday: 164,
  clock_settime: 227,
  clock_adjtime: 305,
  adjtimex: 159,
  sethostname: 170,
  setdomainname: 171,
  quotactl: 179,
  quotactl_fd: 443,
  acct: 163,
  syslog: 103,
  vhangup: 153,
  uselib: 134,
  modify_ldt: 154,
  personality: 135,
  // Who it is, and what it may.
  setuid: 105,
  setgid: 106,
  setreuid: 113,
  setregid: 114,
  setresuid: 117,
  setresgid: 119,
  setgroups: 116,
  setfsuid: 122,
  setfsgid: 123,
  capset: 126,
  setpriority: 141,
  migrate_pages: 256,
  move_pages: 279,
  // Memory in files of nobody's, which no limit of this process counts.
  memfd_create: 319,
  memfd_secret: 447,
  // Its share of the machine.
  sched_setaffinity: 203,
  sched_setscheduler: 144,
  sched_setparam: 142,
  sched_setattr: 314,
  ioprio_set: 251,
  mq_open: 240,
  shmget: 29,
  semget: 64,
  msgget: 68,
} as const;

/** Their first argument is a process, which must be this one. */
const TO_ITSELF = { kill: 62, tgkill: 234, prlimit64: 302 } as const;
const [CLONE, CLONE3] = [56, 435];
/** Of calls that do many things, those that are refused, by their second argument; of prctl by its first. */
const [FCNTL, IOCTL, PRCTL] = [72, 16, 157];
/** What would have the kernel send signals to others when something happens to a descriptor. */
const SIGNALS = { F_SETOWN: 8, F_SETSIG: 10, F_SETOWN_EX: 15 } as const;
/** What changes files that may only be read, stops a file system, or types into a terminal. */
const CONTROLS = {
  FS_IOC_SETFLAGS: 0x40086602,
  FS_IOC32_SETFLAGS: 0x40046602,
  FS_IOC_SETVERSION: 0x40087602,
  FS_IOC_FSSETXATTR: 0x401c5820,
  FIFREEZE: 0xc0045877,
  FITHAW: 0xc0045878,
  TIOCSTI: 0x5412,
  TIOCLINUX: 0x541c,
} as const;
/** What would let it outlive its parent, be looked into by others, or hide (without being dumpable, its open files from us). */
const OF_ITSELF = {
  PR_SET_PDEATHSIG: 1,
  PR_SET_DUMPABLE: 4,
  PR_SET_MM: 35,
  PR_SET_CHILD_SUBREAPER: 36,
  PR_SET_PTRACER: 0x59616d61,
} as const;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

function program(pid: number): Instruction[] {
  const answer = (value: number): Instruction => [RETURN, 0, 0, value];
  const unless = (number: number, then: readonly Instruction[]): Instruction[] => [
    [EQUALS, 0, then.length, number],
    ...then,
  ];
  const load = (at: number): Instruction => [LOAD_WORD, 0, 0, at];
  /** All is allowed but what an argument names. */
  const butFor = (argumentAt: number, named: Readonly<Record<string, number>>): Instruction[] => [
    load(argumentAt),
    ...Object.values(named).flatMap((value) => unless(value, [answer(REFUSE)])),
    answer(ALLOW),
  ];
  return [
    load(ARCHITECTURE_AT),
    [EQUALS, 1, 0, X86_64],
    answer(KILL),
    load(NUMBER_AT),
    [AT_LEAST, 0, 1, X32_CALLS],
    answer(REFUSE),
    ...Object.values(REFUSED).flatMap((number) => unless(number, [answer(REFUSE)])),
    // Threads yes, processes no. What clone3 is to do cannot be seen from here: without it, the C library takes clone.
    ...unless(CLONE3, [answer(ABSENT)]),
    ...unless(CLONE, [load(FIRST_ARGUMENT_AT), [HAS_BITS, 1, 0, CLONE_THREAD], answer(REFUSE), answer(ALLOW)]),
    ...unless(FCNTL, butFor(SECOND_ARGUMENT_AT, SIGNALS)),
    ...unless(IOCTL, butFor(SECOND_ARGUMENT_AT, CONTROLS)),
    ...unless(PRCTL, butFor(FIRST_ARGUMENT_AT, OF_ITSELF)),
    ...Object.values(TO_ITSELF).flatMap((number) =>
      unless(number, [
        load(FIRST_ARGUMENT_AT),
        [EQUALS, number === TO_ITSELF.prlimit64 ? 2 : 1, 0, pid],
        ...(number === TO_ITSELF.prlimit64 ? ([[EQUALS, 1, 0, 0]] satisfies Instruction[]) : []),
        answer(REFUSE),
        answer(ALLOW),
      ]),
    ),
    answer(ALLOW),
  ];
}

const PROGRAM = koffi.struct("sock_fprog", { length: "uint16", filter: "void *" });

/**
 * Takes from all threads of this process the network, other processes and programs, and whatever gives more rights. False if
 * the kernel does not let us.
 */
export function restrictCalls(): boolean {
  if (process.arch !== "x64" || !prctl(NO_NEW_PRIVILEGES, 1)) return false;
  const instructions = program(process.pid);
  const filter = Buffer.alloc(8 * instructions.length);
  for (const [i, [code, ifTrue, ifFalse, value]] of instructions.entries()) {
    filter.writeUInt16LE(code, 8 * i);
    filter.writeUInt8(ifTrue, 8 * i + 2);
    filter.writeUInt8(ifFalse, 8 * i + 3);
    filter.writeUInt32LE(value, 8 * i + 4);
  }
  const described = Buffer.alloc(koffi.sizeof(PROGRAM));
  koffi.encode(described, PROGRAM, { length: instructions.length, filter });
  return systemCall(SECCOMP, SET_MODE_FILTER, ALL_THREADS, described) === 0;
}
