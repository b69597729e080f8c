//! Whether Linux runs on the bare machine, in WSL, in a virtual machine or in a container.

use super::reading;
use super::world::World;

const VERSION: &str = "/proc/version";
const INTEROP: [&str; 2] =
    ["/proc/sys/fs/binfmt_misc/WSLInterop", "/proc/sys/fs/binfmt_misc/WSLInterop-late"];
const CPU: &str = "/proc/cpuinfo";

/// Firmware names that only virtual machines have, and what to call them.
const HYPERVISORS: [(&str, &str); 12] = [
    ("VirtualBox", "VirtualBox"),
    ("VMware", "VMware"),
    ("Parallels", "Parallels"),
    ("Amazon EC2", "Amazon EC2"),
    ("Google Compute Engine", "Google Compute Engine"),
    ("OpenStack", "OpenStack"),
    ("Droplet", "DigitalOcean"),
    ("Apple Virtualization", "Apple"),
    ("BHYVE", "bhyve"),
    ("HVM domU", "Xen"),
    ("QEMU", "KVM"),
    ("KVM", "KVM"),
];

/// What the system runs in, and the file that told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Surroundings {
    /// `WSL 2`.
    pub(super) wsl: Option<&'static str>,
    /// `KVM`; empty when it is not known which.
    pub(super) hypervisor: Option<&'static str>,
    /// `Docker`.
    pub(super) container: Option<&'static str>,
}

impl Surroundings {
    /// As a person says it; `None` on the bare machine.
    pub(super) fn said(&self) -> Option<String> {
        let outer = match (self.wsl, self.hypervisor) {
            (Some(wsl), _) => Some(wsl.to_owned()),
            (None, Some("")) => Some("virtual machine".to_owned()),
            (None, Some(name)) => Some(format!("virtual machine ({name})")),
            (None, None) => None,
        };
        match (self.container, outer) {
            (None, outer) => outer,
            (Some(container), None) => Some(format!("container ({container})")),
            (Some(container), Some(outer)) => Some(format!("container ({container}) in {outer}")),
        }
    }

    /// The files the answer was read from.
    pub(super) fn origin(&self) -> String {
        let mut files = Vec::new();
        if self.wsl.is_some() {
            files.push("/proc/version and /proc/sys/fs/binfmt_misc");
        }
        if self.hypervisor.is_some() && self.wsl.is_none() {
            files.push("/proc/cpuinfo and /sys/class/dmi/id");
        }
        if self.container.is_some() {
            files.push("/.dockerenv, /run and /proc/self/cgroup");
        }
        files.join("; ")
    }
}

/// Reads what tells it.
pub(super) fn read(world: &dyn World) -> Surroundings {
    let version = reading::text(world, VERSION).unwrap_or_default();
    let interop = INTEROP.iter().any(|path| world.read(path).is_ok());
    // A kernel that its owner built does not name Microsoft, and still starts Windows programs.
    let wsl = wsl(&version).or(interop.then_some("WSL 2"));
    // WSL's own virtual machine is what WSL 2 means; it needs no second name.
    let hypervisor = if wsl.is_some() { None } else { hypervisor(world) };
    Surroundings { wsl, hypervisor, container: container(world) }
}

/// Microsoft names its kernels: `…-microsoft-standard-WSL2` for the second kind, `…-Microsoft` for the first.
fn wsl(version: &str) -> Option<&'static str> {
    if version.contains("WSL2") || version.contains("microsoft-standard") {
        Some("WSL 2")
    } else if version.contains("Microsoft") && version.starts_with("Linux") {
        Some("WSL 1")
    } else {
        None
    }
}

/// The processor says that there is one, the firmware says which; an ARM processor does not say.
fn hypervisor(world: &dyn World) -> Option<&'static str> {
    let cpu = reading::text(world, CPU).unwrap_or_default();
    let flags = reading::value_of(&cpu, "flags");
    let virtual_processor = flags.map(|flags| flags.split_whitespace().any(|flag| flag == "hypervisor"));
    if virtual_processor == Some(false) {
        return None;
    }
    let firmware =
        |file: &str| reading::text(world, &format!("/sys/class/dmi/id/{file}")).unwrap_or_default();
    let (maker, product) = (firmware("sys_vendor"), firmware("product_name"));
    let known = HYPERVISORS.iter().find(|(text, _name)| maker.contains(text) || product.contains(text));
    let hyper_v = maker.contains("Microsoft Corporation") && product.trim() == "Virtual Machine";
    match known {
        Some((_text, name)) => Some(name),
        None if hyper_v => Some("Hyper-V"),
        None => (virtual_processor == Some(true)).then_some(""),
    }
}

fn container(world: &dyn World) -> Option<&'static str> {
    let of_systemd = reading::text(world, "/run/systemd/container").unwrap_or_default();
    let group = reading::text(world, "/proc/self/cgroup").unwrap_or_default();
    let is = |name: &str| group.contains(name) || of_systemd.trim() == name;
    if is("kubepods") {
        Some("Kubernetes")
    } else if world.read("/run/.containerenv").is_ok() || is("podman") || is("libpod") {
        Some("Podman")
    } else if world.read("/.dockerenv").is_ok() || is("docker") {
        Some("Docker")
    } else if is("lxc") {
        Some("LXC")
    } else if is("systemd-nspawn") {
        Some("systemd-nspawn")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_of_microsoft() {
        for (version, expected) in [
            ("Linux version 5.15.153.1-microsoft-standard-WSL2 (root@941d701f84f1)", Some("WSL 2")),
            ("Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)", Some("WSL 1")),
            ("Linux version 6.8.0-48-generic (buildd@lcy02)", None),
            ("", None),
        ] {
            assert_eq!(wsl(version), expected, "{version}");
        }
    }

    #[test]
    fn surroundings_are_said() {
        let kvm =
            Surroundings { hypervisor: Some("KVM"), container: Some("Docker"), ..Surroundings::default() };
        assert_eq!(kvm.said().as_deref(), Some("container (Docker) in virtual machine (KVM)"));
        assert_eq!(Surroundings::default().said(), None);
        let unknown = Surroundings { hypervisor: Some(""), ..Surroundings::default() };
        assert_eq!(unknown.said().as_deref(), Some("virtual machine"));
    }
}
