// Limits, namespaces and refused system calls. What the kernel does not allow here is left out, but for the limits.
#include "drivers/resident_id/wlt_sandbox.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace drivers::wlt {

namespace {
// Libraries are opened for reading, one after the other.
constexpr rlim_t most_descriptors = 32, most_written_bytes = 0;

#if defined(__x86_64__)
constexpr unsigned machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned machine = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned machine = 0;
#endif

/// Talking to others, other processes, other rights, and everything that changes the file system.
constexpr std::array refused{
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_io_uring_setup,
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_open,
    SYS_pidfd_send_signal, SYS_pidfd_getfd, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_setns, SYS_unshare, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd,
    SYS_keyctl, SYS_add_key, SYS_request_key, SYS_unlinkat, SYS_renameat2, SYS_linkat, SYS_symlinkat, SYS_mkdirat, SYS_mknodat, SYS_fchmod, SYS_fchmodat, SYS_fchown,
    SYS_fchownat, SYS_truncate, SYS_ftruncate, SYS_utimensat, SYS_setxattr, SYS_fsetxattr, SYS_removexattr, SYS_shmget, SYS_msgget, SYS_semget,
#if defined(__x86_64__)
    SYS_unlink, SYS_rename, SYS_renameat, SYS_link, SYS_symlink, SYS_mkdir, SYS_rmdir, SYS_mknod, SYS_chmod, SYS_chown, SYS_lchown, SYS_utimes,
#endif
};
constexpr std::uint32_t x32_bit = 0x4000'0000;

constexpr sock_filter statement(std::uint16_t code, std::uint32_t k) { return {code, 0, 0, k}; }
constexpr sock_filter jump(std::uint16_t code, std::uint32_t k, std::uint8_t yes, std::uint8_t no) { return {code, yes, no, k}; }

/// Load the machine, the number; compare; the last three statements allow, refuse and kill.
constexpr auto filter = [] {
    constexpr std::size_t head = 4, tail = 3;
    std::array<sock_filter, head + refused.size() + tail> out{};
    const auto to = [](std::size_t from, std::size_t target) { return static_cast<std::uint8_t>(target - from - 1); };
    constexpr std::size_t allow = head + refused.size(), refuse = allow + 1, kill = allow + 2;
    static_assert(kill < 256);
    out[0] = statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
    out[1] = jump(BPF_JMP | BPF_JEQ | BPF_K, machine, 0, to(1, kill));
    out[2] = statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
    out[3] = jump(BPF_JMP | BPF_JGE | BPF_K, x32_bit, to(3, kill), 0);
    for (std::size_t i = 0; i < refused.size(); ++i) out[head + i] = jump(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(refused[i]), to(head + i, refuse), 0);
    out[allow] = statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    out[refuse] = statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    out[kill] = statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    return out;
}();

bool limit(int what, rlim_t most) noexcept {
    const rlimit both{most, most};
    return setrlimit(static_cast<__rlimit_resource>(what), &both) == 0;
}

void refuse_calls() noexcept {
    if constexpr (machine != 0) {
        const sock_fprog program{static_cast<unsigned short>(filter.size()), const_cast<sock_filter*>(filter.data())};
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    }
}
}  // namespace

void become(const WltDecoder& decoder, int in, int out) noexcept {
    constexpr int not_started = 127;
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    const int nowhere = open("/dev/null", O_WRONLY);
    if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(nowhere, STDERR_FILENO) < 0) _exit(not_started);
    if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0) != 0) _exit(not_started);
    if (chdir("/") != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) _exit(not_started);
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) != 0) errno = 0;  // a kernel without it: the filter still refuses sockets
    const bool limited = limit(RLIMIT_CPU, static_cast<rlim_t>(decoder.cpu_seconds)) && limit(RLIMIT_AS, decoder.memory_bytes) && limit(RLIMIT_CORE, 0) &&
                         limit(RLIMIT_FSIZE, most_written_bytes) && limit(RLIMIT_NOFILE, most_descriptors);
    if (!limited) _exit(not_started);
    refuse_calls();
    char* const arguments[] = {const_cast<char*>(decoder.program.c_str()), nullptr};
    char path[] = "PATH=/usr/bin:/bin";
    char* const environment[] = {path, nullptr};
    execve(decoder.program.c_str(), arguments, environment);
    _exit(not_started);
}

}  // namespace drivers::wlt
