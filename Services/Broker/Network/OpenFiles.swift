import Foundation

/// Files and connections share the descriptors that the system grants the process.
enum OpenFiles {
    /// Half of the descriptors; the other half is the log's.
    static var forConnections: Int { Int(min(current.rlim_cur / 2, 1 << 30)) }

    /// Raises the limit as far as the administrator allows: every segment of every partition holds a descriptor.
    static func allowMost() {
        var limit = current
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private static var current: rlimit {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return limit
    }
}
