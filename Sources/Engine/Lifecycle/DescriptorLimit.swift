// How many descriptors this process may have open.
import CLinux
import Glibc

package enum DescriptorLimit {
    /// RLIMIT_NOFILE, which Swift sees as differing types on differing platforms.
    private static let resource = __rlimit_resource_t(7)

    /// Raises the soft limit to the hard one: every connection is a descriptor, and the usual 1024 are a leftover of
    /// select(2), which nothing here calls. Answers how many there may be now.
    @discardableResult
    package static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            setrlimit(resource, &limit)
            getrlimit(resource, &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Sets the soft limit, for tests of what happens at it.
    package static func set(_ count: Int) {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = rlim_t(count)
        setrlimit(resource, &limit)
    }
}
