//! Linux control groups: the memory a container or service may use.

use super::reading::{self, whole_number};
use super::world::World;
use crate::units::{Bytes, count};

/// A limit on memory, and how much of it is taken.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GroupLimit {
    pub(super) limit: Bytes,
    /// Taken and not given back when asked: use less file pages that lie idle. `None` when not told.
    pub(super) used: Option<Bytes>,
    /// The file with the limit.
    pub(super) origin: String,
}

/// File names of one version of control groups.
struct Names {
    limit: &'static str,
    used: &'static str,
    idle_files: &'static str,
}

const VERSION_1: Names = Names {
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    idle_files: "total_inactive_file",
};
const VERSION_2: Names = Names { limit: "memory.max", used: "memory.current", idle_files: "inactive_file" };

/// The lowest limit of the own group and those around it, if one is below `total`.
pub(super) fn limit(world: &dyn World, total: Bytes) -> Option<GroupLimit> {
    let groups = reading::text(world, "/proc/self/cgroup").unwrap_or_default();
    let mut lowest: Option<GroupLimit> = None;
    for (mount, path, names) in memberships(&groups) {
        for folder in upwards(mount, path) {
            let Some(found) = of_folder(world, &folder, names) else { continue };
            let lower = lowest.as_ref().is_none_or(|lowest| found.limit < lowest.limit);
            if found.limit < total && lower {
                lowest = Some(found);
            }
        }
    }
    lowest
}

/// Mount point and path of each group that limits memory, from `0::/path` and `4:memory:/path`. The mount
/// points stand for themselves too, since a container may not see the outer path.
fn memberships(groups: &str) -> Vec<(&'static str, &str, &'static Names)> {
    let mut found = vec![("/sys/fs/cgroup", "/", &VERSION_2), ("/sys/fs/cgroup/memory", "/", &VERSION_1)];
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_number), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        if controllers.is_empty() {
            found.push(("/sys/fs/cgroup", path, &VERSION_2));
        } else if controllers.split(',').any(|name| name == "memory") {
            found.push(("/sys/fs/cgroup/memory", path, &VERSION_1));
        }
    }
    found
}

/// A group's folder and those above it, up to the mount point. A path that climbs out is not followed.
fn upwards(mount: &str, path: &str) -> Vec<String> {
    let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
    if names.contains(&"..") {
        return Vec::new();
    }
    let mut folders = vec![mount.to_owned()];
    let mut folder = mount.to_owned();
    for name in names {
        folder.push('/');
        folder.push_str(name);
        folders.push(folder.clone());
    }
    folders
}

fn of_folder(world: &dyn World, folder: &str, names: &Names) -> Option<GroupLimit> {
    let number = |file: &str| whole_number(&reading::text(world, &format!("{folder}/{file}")).ok()?);
    let origin = format!("{folder}/{}", names.limit);
    // `max`, and the huge number of version 1, are no limits.
    let limit = reading::memory(number(names.limit)?)?;
    let used = number(names.used).map(|used| {
        let stat = reading::text(world, &format!("{folder}/memory.stat")).unwrap_or_default();
        used.saturating_sub(field(&stat, names.idle_files).unwrap_or(0))
    });
    Some(GroupLimit { limit, used: used.map(|used| Bytes::new(count(used))), origin })
}

/// A line `inactive_file 1234` of `memory.stat`.
fn field(stat: &str, name: &str) -> Option<u64> {
    stat.lines().find_map(|line| whole_number(line.strip_prefix(name)?.strip_prefix(' ')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memberships_of_both_versions() {
        let groups = "4:memory:/a/b\n1:cpu:/x\n0::/c\nnonsense\n";
        let own: Vec<_> =
            memberships(groups).into_iter().skip(2).map(|(mount, path, _names)| (mount, path)).collect();
        assert_eq!(own, [("/sys/fs/cgroup/memory", "/a/b"), ("/sys/fs/cgroup", "/c")]);
    }

    #[test]
    fn folders_up_to_the_mount_point() {
        assert_eq!(upwards("/m", "/a/b"), ["/m", "/m/a", "/m/a/b"]);
        assert_eq!(upwards("/m", "/../../etc"), Vec::<String>::new());
    }
}
