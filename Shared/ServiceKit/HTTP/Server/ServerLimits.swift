import Foundation
public import NIOCore

/// Limits of time and size for what a client sends, the same for every server: what one client can hold is
/// bounded in time and in memory. Nothing here cuts off a slow answer.
public struct ServerLimits: Sendable {
    /// How long a connection may be open without a request.
    public var idle = TimeAmount.seconds(60)
    /// From the first byte of a request to the end of its head.
    public var head = TimeAmount.seconds(15)
    /// From the end of a head to the end of its body, and a second more for each ``bodyRate`` bytes that have arrived: a phone on
    /// a slow network has enough time; a client that sends a byte now and then does not.
    public var body = TimeAmount.seconds(30)
    public var bodyRate = 4096
    /// How long a client may leave an answer unread while its connection is full.
    public var stalledAnswer = TimeAmount.seconds(30)
    /// How long we read and drop what a client sends after our last answer. Closing at once would reset the
    /// connection, and the client would lose the answer that says what was wrong.
    public var linger = TimeAmount.seconds(2)
    /// The bytes of a request line and all headers.
    public var headSize = 32 << 10
    public var headerCount = 100
    /// Connections at one time; others wait until one of these ends. At most the process's limit of open files, less room for
    /// those towards stores and services.
    public var connections = min(4096, max(64, fileLimit() / 2))

    public init() {}

    /// Lets the process open as many files as the system permits: for servers with many connections that stay.
    ///
    /// - Returns: How many those are.
    @discardableResult public static func raiseFileLimit() -> Int {
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return fileLimit()
    }

    private static func fileLimit() -> Int {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
            ? Int(clamping: limit.rlim_cur) : 1024
    }
}
