//! What the machine has: memory, and room on a disk.
//!
//! In: what the system tells in its files. Out: bytes; `None` where it does not tell, so that nothing is foreseen there. Of memory
//! the least of what the machine has and of what the groups of processes may have that this one is in (`proc_meminfo(5)`,
//! `cgroups(7)`): a container, or a job of a cluster, is ended for less than the machine has. Swap counts, since it is given. What
//! others use of it now does not count, since what they use can be given back: a model that is refused is one that cannot be had at
//! all. Of a disk it is told besides what is free now.

use std::fs;
use std::path::{Path, PathBuf};

/// Gives the text of a file, where there is one.
type Files<'a> = dyn Fn(&Path) -> Option<String> + 'a;

/// The most that a group may have, by its folder and the swap of the machine.
type Limit = fn(&Path, u64, &Files<'_>) -> Option<u64>;

/// Room for recordings [bytes].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Space {
    /// In all, whoever uses it.
    pub(super) all: u64,
    /// That nobody uses now.
    pub(super) free: u64,
}

/// Memory that there is, whoever uses it [bytes].
pub(super) fn memory() -> Option<u64> {
    memory_told(&|path| fs::read_to_string(path).ok())
}

/// Room on the disk of a folder, or of the nearest one above it where it is not there yet; `None` of file systems without a size.
#[cfg(unix)]
pub(super) fn disk(folder: &Path) -> Option<Space> {
    let told = folder.ancestors().find_map(|folder| {
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        match rustix::fs::statvfs(here) {
            Err(rustix::io::Errno::NOENT) => None,
            told => Some(told.ok()),
        }
    })??;
    let bytes = |blocks: u64| blocks.checked_mul(told.f_frsize);
    Some(Space { all: bytes(told.f_blocks).filter(|all| *all > 0)?, free: bytes(told.f_bavail)? })
}

/// Nobody tells.
#[cfg(not(unix))]
pub(super) fn disk(_folder: &Path) -> Option<Space> {
    None
}

fn memory_told(files: &Files<'_>) -> Option<u64> {
    let machine = files(Path::new("/proc/meminfo"))?;
    let swap = kibibytes(&machine, "SwapTotal:").unwrap_or(0);
    let all = kibibytes(&machine, "MemTotal:")?.saturating_add(swap);
    let groups = files(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let limits = groups.lines().flat_map(|line| limits(line, swap, files));
    Some(limits.fold(all, u64::min))
}

/// A line of `/proc/meminfo` [bytes].
fn kibibytes(told: &str, name: &str) -> Option<u64> {
    let line = told.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// What a group of processes and those around it may have, by its line of `/proc/self/cgroup`: `0::/path`, `9:memory:/path`.
fn limits(line: &str, swap: u64, files: &Files<'_>) -> Vec<u64> {
    let mut parts = line.splitn(3, ':').skip(1);
    let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { return Vec::new() };
    let (root, limit): (&str, Limit) = match controllers {
        "" => ("/sys/fs/cgroup", limit_of_second),
        all if all.split(',').any(|controller| controller == "memory") => ("/sys/fs/cgroup/memory", limit_of_first),
        _ => return Vec::new(),
    };
    // A container sees its own group as the root, whatever path it is told.
    let folder: PathBuf = [root, path.trim_start_matches('/')].iter().collect();
    let around = folder.ancestors().take_while(|folder| folder.starts_with(root));
    around.filter_map(|folder| limit(folder, swap, files)).collect()
}

/// The most that a group of the second version may have, whose swap has a limit of its own.
fn limit_of_second(folder: &Path, swap: u64, files: &Files<'_>) -> Option<u64> {
    let swapped = number(folder, "memory.swap.max", files).map_or(swap, |most| most.min(swap));
    Some(number(folder, "memory.max", files)?.saturating_add(swapped))
}

/// The most that a group of the first version may have, where memory and swap may have a limit together.
fn limit_of_first(folder: &Path, swap: u64, files: &Files<'_>) -> Option<u64> {
    let own = number(folder, "memory.limit_in_bytes", files)?.saturating_add(swap);
    Some(number(folder, "memory.memsw.limit_in_bytes", files).map_or(own, |both| both.min(own)))
}

/// A file of one number; `max` is none.
fn number(folder: &Path, name: &str, files: &Files<'_>) -> Option<u64> {
    files(&folder.join(name))?.trim().parse().ok()
}

/// As people write so many bytes.
pub(super) fn written(bytes: u64) -> String {
    let scales = [(1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB")];
    let (scale, unit) = scales.into_iter().find(|(scale, _)| bytes as f64 >= 0.99995 * scale).unwrap_or((1e3, "kB"));
    format!("{:.1} {unit}", bytes as f64 / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;
    const MACHINE: (&str, &str) = (
        "/proc/meminfo",
        "MemTotal:       16384000 kB\nMemFree:          102400 kB\nMemAvailable:    8192000 kB\nSwapTotal:  2048 kB\nSwapFree:           1024 kB\n",
    );

    fn told(files: &[(&str, &str)]) -> Option<u64> {
        memory_told(&|path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| (*text).to_owned())
        })
    }

    #[test]
    fn a_machine_without_groups_has_its_memory_and_its_swap_whoever_uses_them() {
        assert_eq!(told(&[MACHINE]), Some(16_000 * MIB + 2 * MIB));
        assert_eq!(told(&[("/proc/meminfo", "MemTotal: 3 kB\n")]), Some(3072));
        for wrong in ["", "MemFree: 3 kB\n", "MemTotal: three kB\n", "MemTotal: 3\n", "MemTotal: -3 kB\n"] {
            assert_eq!(told(&[("/proc/meminfo", wrong)]), None, "{wrong:?}");
        }
        assert_eq!(told(&[]), None);
    }

    #[test]
    fn a_group_of_the_second_version_has_its_limit_whatever_it_has_used() {
        let own = ("/proc/self/cgroup", "0::/job.slice/step_0\n");
        let max = ("/sys/fs/cgroup/job.slice/step_0/memory.max", "1048576000\n");
        let current = ("/sys/fs/cgroup/job.slice/step_0/memory.current", "524288000\n");
        assert_eq!(told(&[MACHINE, own, max, current]), Some(1000 * MIB + 2 * MIB), "and the machine's swap");
        for (most, swap) in [("0\n", 0), ("1000000\n", 1_000_000), ("9000000\n", 2 * MIB), ("max\n", 2 * MIB)] {
            let swapped = ("/sys/fs/cgroup/job.slice/step_0/memory.swap.max", most);
            assert_eq!(told(&[MACHINE, own, max, swapped]), Some(1000 * MIB + swap), "{most}");
        }
        // The group around it may have less; without a limit it says nothing.
        let around = ("/sys/fs/cgroup/job.slice/memory.max", "629145600\n");
        let swapless = ("/sys/fs/cgroup/job.slice/memory.swap.max", "0\n");
        assert_eq!(told(&[MACHINE, own, max, around, swapless]), Some(600 * MIB));
        let unlimited = ("/sys/fs/cgroup/job.slice/step_0/memory.max", "max\n");
        assert_eq!(told(&[MACHINE, own, unlimited, current]), Some(16_002 * MIB));
    }

    #[test]
    fn a_container_finds_its_limit_at_the_root() {
        for path in ["0::/\n", "0::/../../docker/1f2e\n", "0::/docker/1f2e\n"] {
            let files = [
                MACHINE,
                ("/proc/self/cgroup", path),
                ("/sys/fs/cgroup/memory.max", "104857600\n"),
                ("/sys/fs/cgroup/memory.current", "94371840\n"),
                ("/sys/fs/cgroup/memory.swap.max", "0\n"),
            ];
            assert_eq!(told(&files), Some(100 * MIB), "{path}");
        }
    }

    #[test]
    fn a_group_of_the_first_version_is_found_by_its_controller() {
        let own = ("/proc/self/cgroup", "12:cpu,cpuacct:/a\n9:hugetlb,memory:/slurm/job_7\n1:name=systemd:/b\n");
        let limit = ("/sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes", "209715200\n");
        let usage = ("/sys/fs/cgroup/memory/slurm/job_7/memory.usage_in_bytes", "104857600\n");
        assert_eq!(told(&[MACHINE, own, limit, usage]), Some(202 * MIB), "and the machine's swap");
        let both = ("/sys/fs/cgroup/memory/slurm/job_7/memory.memsw.limit_in_bytes", "210763776\n");
        assert_eq!(told(&[MACHINE, own, limit, usage, both]), Some(201 * MIB));
        let around = ("/sys/fs/cgroup/memory/slurm/memory.limit_in_bytes", "104857600\n");
        assert_eq!(told(&[MACHINE, own, limit, both, around]), Some(102 * MIB));
        let unlimited = ("/sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes", "9223372036854771712\n");
        assert_eq!(told(&[MACHINE, own, unlimited, usage]), Some(16_002 * MIB));
    }

    #[test]
    fn bytes_are_written_with_a_unit_that_fits() {
        let all = [16_000_000_000_000_000, 8_000_000_000_000, 12_340_000_000, 999_960_000, 1000, 0].map(written);
        assert_eq!(all, ["16.0 PB", "8.0 TB", "12.3 GB", "1.0 GB", "1.0 kB", "0.0 kB"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_tells() {
        assert!(memory().is_some_and(|bytes| bytes > MIB));
        let place = tempfile::tempdir().expect("a folder");
        let told = disk(&place.path().join("not/there/yet"));
        assert!(told.is_none_or(|disk| disk.all > 0 && disk.free <= disk.all), "{told:?}");
        // A file system without a size says nothing.
        assert_eq!(disk(Path::new("/proc/not_there")), None);
        assert!(disk(Path::new("not_there")).is_some());
    }
}
