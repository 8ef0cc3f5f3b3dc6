import Foundation
public import HTTPTypes
public import Hummingbird
import Logging
public import NIOCore
public import Sealing
import Synchronization

/// What a request's handlers know besides the request: the caller, the time of arrival and the trace.
public struct DaemonContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The caller; set by ``Authenticate``. All copies of a request's context share it: the log, whose copy was made before that,
    /// names the user too.
    public var caller: Principal? {
        get { asker.principal.withLock { $0 } }
        nonmutating set { asker.principal.withLock { $0 = newValue } }
    }
    /// Headers that the answer gets unless it has its own, whatever it is, a refusal included. All copies of a request's context share
    /// them.
    public var answerHeaders: HTTPFields {
        get { asker.headers.withLock { $0 } }
        nonmutating set { asker.headers.withLock { $0 = newValue } }
    }
    private let asker = Asker()
    /// Set, as ``trace`` is, by the outermost layer.
    public internal(set) var requestID = ""
    public internal(set) var trace = TraceContext(traceID: (0, 0), spanID: 0, isSampled: false)
    /// The peer's address: behind the gateway, the gateway's.
    public let remoteAddress: String?
    /// The client's address, for the audit log: that of `X-Forwarded-For`, if it has exactly one, and else the peer's. The
    /// gateway writes that header anew for every request, and only the gateway may open connections to the other services (the
    /// NetworkPolicies). For itself the gateway must not believe it.
    public var clientAddress: String?
    public var userAgent: String?
    /// What the client's address and agent are sealed for, before they are published. Set by the outermost layer.
    public internal(set) var letterbox: Letterbox?
    /// The connection, or the stream of HTTP/2.
    public let channel: any Channel

    private final class Asker: Sendable {
        let principal = Mutex<Principal?>(nil)
        let headers = Mutex(HTTPFields())
    }

    /// The largest body that a route accepts.
    public static let maximumBodySize = 1 << 20
    public var maxUploadSize: Int { Self.maximumBodySize }

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        remoteAddress = source.channel.remoteAddress?.ipAddress
        clientAddress = remoteAddress
    }

    /// The caller.
    ///
    /// - Throws: ``Problem`` 401 on a route that was not put behind ``Authenticate``.
    public var principal: Principal {
        get throws {
            guard let caller else { throw Problem(.unauthorized, "unauthenticated", "a bearer token is required") }
            return caller
        }
    }
}
