//! What can still be had of the machine: memory, and room on a disk.
//!
//! In: what the system tells in its files. Out: bytes; `None` where it does not tell, so that nothing is foreseen there. Of memory
//! the least of what the machine has and of what the groups of processes let this one have (`proc_meminfo(5)`, `cgroups(7)`): a
//! container, or a job of a cluster, is ended for less than the machine has. Swap counts, since it is given: a model that is refused
//! is one that cannot be had at all.

use std::fs;
use std::path::{Path, PathBuf};

/// Gives the text of a file, where there is one.
type Files<'a> = dyn Fn(&Path) -> Option<String> + 'a;

/// What a group leaves, by its folder and the swap of the machine.
type Left = fn(&Path, u64, &Files<'_>) -> Option<u64>;

/// Memory that can be had without taking it from others [bytes].
pub(super) fn memory() -> Option<u64> {
    memory_told(&|path| fs::read_to_string(path).ok())
}

/// Room on the disk of a folder, or of the nearest one above it that is there [bytes].
#[cfg(unix)]
pub(super) fn disk(folder: &Path) -> Option<u64> {
    let told = folder.ancestors().find_map(|folder| {
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        rustix::fs::statvfs(here).ok()
    })?;
    told.f_bavail.checked_mul(told.f_frsize)
}

/// Nobody tells.
#[cfg(not(unix))]
pub(super) fn disk(_folder: &Path) -> Option<u64> {
    None
}

fn memory_told(files: &Files<'_>) -> Option<u64> {
    let machine = files(Path::new("/proc/meminfo"))?;
    let swap = kibibytes(&machine, "SwapFree:").unwrap_or(0);
    let all = kibibytes(&machine, "MemAvailable:")?.saturating_add(swap);
    let groups = files(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let limits = groups.lines().flat_map(|line| limits(line, swap, files));
    Some(limits.fold(all, u64::min))
}

/// A line of `/proc/meminfo` [bytes].
fn kibibytes(told: &str, name: &str) -> Option<u64> {
    let line = told.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// What a group of processes and those around it leave, by its line of `/proc/self/cgroup`: `0::/path`, `9:memory:/path`.
fn limits(line: &str, swap: u64, files: &Files<'_>) -> Vec<u64> {
    let mut parts = line.splitn(3, ':').skip(1);
    let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { return Vec::new() };
    let (root, left): (&str, Left) = match controllers {
        "" => ("/sys/fs/cgroup", left_of_second),
        all if all.split(',').any(|controller| controller == "memory") => ("/sys/fs/cgroup/memory", left_of_first),
        _ => return Vec::new(),
    };
    // A container sees its own group as the root, whatever path it is told.
    let folder: PathBuf = [root, path.trim_start_matches('/')].iter().collect();
    let around = folder.ancestors().take_while(|folder| folder.starts_with(root));
    around.filter_map(|folder| left(folder, swap, files)).collect()
}

/// What is left to a group of the second version.
fn left_of_second(folder: &Path, swap: u64, files: &Files<'_>) -> Option<u64> {
    let number = |name| number(folder, name, files);
    let most = number("memory.max")?;
    let used = number("memory.current")?.saturating_sub(cached(folder, ["active_file", "inactive_file"], files));
    let swapped = number("memory.swap.max").map(|most| most.saturating_sub(number("memory.swap.current").unwrap_or(0)));
    Some(most.saturating_sub(used).saturating_add(swapped.map_or(swap, |left| left.min(swap))))
}

/// What is left to a group of the first version, where memory and swap may have a limit together.
fn left_of_first(folder: &Path, swap: u64, files: &Files<'_>) -> Option<u64> {
    let cached = cached(folder, ["total_active_file", "total_inactive_file"], files);
    let left = |most, used| {
        let used = number(folder, used, files)?.saturating_sub(cached);
        Some(number(folder, most, files)?.saturating_sub(used))
    };
    let own = left("memory.limit_in_bytes", "memory.usage_in_bytes")?.saturating_add(swap);
    let both = left("memory.memsw.limit_in_bytes", "memory.memsw.usage_in_bytes");
    Some(both.map_or(own, |both| both.min(own)))
}

/// A file of one number; `max` is none.
fn number(folder: &Path, name: &str, files: &Files<'_>) -> Option<u64> {
    files(&folder.join(name))?.trim().parse().ok()
}

/// What counts as used but is given back when it is wanted: the contents of files [bytes].
fn cached(folder: &Path, names: [&str; 2], files: &Files<'_>) -> u64 {
    let told = files(&folder.join("memory.stat")).unwrap_or_default();
    let of = |line: &str| {
        let (name, value) = line.split_once(' ')?;
        if names.contains(&name) { value.trim().parse().ok() } else { None }
    };
    told.lines().filter_map(of).fold(0, u64::saturating_add)
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
    fn a_machine_without_groups_gives_what_is_available_and_its_swap() {
        assert_eq!(told(&[MACHINE]), Some(8000 * MIB + MIB));
        assert_eq!(told(&[("/proc/meminfo", "MemAvailable: 3 kB\n")]), Some(3072));
        for wrong in ["", "MemFree: 3 kB\n", "MemAvailable: three kB\n", "MemAvailable: 3\n", "MemAvailable: -3 kB\n"] {
            assert_eq!(told(&[("/proc/meminfo", wrong)]), None, "{wrong:?}");
        }
        assert_eq!(told(&[]), None);
    }

    #[test]
    fn a_group_of_the_second_version_leaves_what_it_has_not_used() {
        let own = ("/proc/self/cgroup", "0::/job.slice/step_0\n");
        let max = ("/sys/fs/cgroup/job.slice/step_0/memory.max", "1048576000\n");
        let current = ("/sys/fs/cgroup/job.slice/step_0/memory.current", "524288000\n");
        assert_eq!(told(&[MACHINE, own, max, current]), Some(500 * MIB + MIB), "and the machine's swap");
        let none = ("/sys/fs/cgroup/job.slice/step_0/memory.swap.max", "0\n");
        assert_eq!(told(&[MACHINE, own, max, current, none]), Some(500 * MIB));
        let some = ("/sys/fs/cgroup/job.slice/step_0/memory.swap.max", "1000000\n");
        let swapped = ("/sys/fs/cgroup/job.slice/step_0/memory.swap.current", "400000\n");
        assert_eq!(told(&[MACHINE, own, max, current, some, swapped]), Some(500 * MIB + 600_000));
        // Contents of files are given back; what is shared is not.
        let stat = (
            "/sys/fs/cgroup/job.slice/step_0/memory.stat",
            "anon 1\nfile 314572800\nactive_file 104857600\ninactive_file 104857600\nshmem 104857600\n",
        );
        assert_eq!(told(&[MACHINE, own, max, current, none, stat]), Some(700 * MIB));
        // The group around it may have less; without a limit it says nothing.
        let around = ("/sys/fs/cgroup/job.slice/memory.max", "629145600\n");
        let used = ("/sys/fs/cgroup/job.slice/memory.current", "576716800\n");
        let swapless = ("/sys/fs/cgroup/job.slice/memory.swap.max", "0\n");
        assert_eq!(told(&[MACHINE, own, max, current, around, used, swapless]), Some(50 * MIB));
        let unlimited = ("/sys/fs/cgroup/job.slice/step_0/memory.max", "max\n");
        assert_eq!(told(&[MACHINE, own, unlimited, current]), Some(8000 * MIB + MIB));
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
            assert_eq!(told(&files), Some(10 * MIB), "{path}");
        }
    }

    #[test]
    fn a_group_of_the_first_version_is_found_by_its_controller() {
        let own = ("/proc/self/cgroup", "12:cpu,cpuacct:/a\n9:hugetlb,memory:/slurm/job_7\n1:name=systemd:/b\n");
        let limit = ("/sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes", "209715200\n");
        let usage = ("/sys/fs/cgroup/memory/slurm/job_7/memory.usage_in_bytes", "104857600\n");
        let stat = (
            "/sys/fs/cgroup/memory/slurm/job_7/memory.stat",
            "active_file 7\ntotal_active_file 1048576\ntotal_inactive_file 1048576\n",
        );
        assert_eq!(told(&[MACHINE, own, limit, usage]), Some(101 * MIB));
        assert_eq!(told(&[MACHINE, own, limit, usage, stat]), Some(103 * MIB));
        let both = ("/sys/fs/cgroup/memory/slurm/job_7/memory.memsw.limit_in_bytes", "209715200\n");
        let swapped = ("/sys/fs/cgroup/memory/slurm/job_7/memory.memsw.usage_in_bytes", "115343360\n");
        assert_eq!(told(&[MACHINE, own, limit, usage, both, swapped]), Some(90 * MIB));
        let unlimited = ("/sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes", "9223372036854771712\n");
        assert_eq!(told(&[MACHINE, own, unlimited, usage]), Some(8000 * MIB + MIB));
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
        assert!(disk(&place.path().join("not/there/yet")).is_some_and(|bytes| bytes > 0));
        assert!(disk(Path::new("not_there")).is_some());
    }
}
