import { allowedSyscalls, armSyscalls, intelSyscalls, permittedPersonalities } from './allowed-syscalls.ts';

export type ProcessorArchitecture = 'x64' | 'arm64';

export interface SeccompProfile {
  defaultAction: string;
  defaultErrnoRet: number;
  architectures: string[];
  syscalls: SeccompRule[];
}

interface SeccompRule {
  names: readonly string[];
  action: string;
  errnoRet?: number;
  args?: { index: number; value: number; valueTwo?: number; op: string }[];
}

const notPermitted = 1;
const notImplemented = 38;

/** Of clone(2): CGROUP, UTS, IPC, USER, PID and NET, and mounts. */
const newNamespaceFlags =
  0x0200_0000 | 0x0400_0000 | 0x0800_0000 | 0x1000_0000 | 0x2000_0000 | 0x4000_0000 | 0x0002_0000;
/** Sockets between a virtual machine and its host are nothing for a game. */
const vsockFamily = 40;

/** What a server may ask of the kernel: everything that is not in here is refused. */
export function seccompProfile(architecture: ProcessorArchitecture): SeccompProfile {
  const allow = (names: readonly string[], ...args: NonNullable<SeccompRule['args']>): SeccompRule => ({
    names,
    action: 'SCMP_ACT_ALLOW',
    ...(args.length > 0 && { args }),
  });
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: notPermitted,
    // The 32-bit ones too: some game servers and the tool that installs them are 32-bit programs.
    architectures:
      architecture === 'x64'
        ? ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32']
        : ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
    syscalls: [
      allow([...allowedSyscalls, ...(architecture === 'x64' ? intelSyscalls : armSyscalls)]),
      ...permittedPersonalities.map((value) =>
        allow(['personality'], { index: 0, value, op: 'SCMP_CMP_EQ' }),
      ),
      allow(['socket'], { index: 0, value: vsockFamily, op: 'SCMP_CMP_NE' }),
      allow(['clone'], { index: 0, value: newNamespaceFlags, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }),
      // Its flags are behind a pointer, where no filter can look; C libraries then take clone instead.
      { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: notImplemented },
    ],
  };
}
