import Foundation
import HTTPTypes
public import Hummingbird
import Logging
import NIOCore

/// What a request's handlers know beside the request: who asks, since when, and in which trace.
public struct DaemonContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Who asks; set by ``Authenticate``.
    public var caller: Principal?
    public var requestID: String
    public var trace: TraceContext
    /// The peer's address: behind the gateway, the gateway's.
    public let remoteAddress: String?
    /// Whose request it is, for the audit log: what `X-Forwarded-For` says, where it says one address, and else the peer's. The
    /// gateway writes that header anew for every request, and only the gateway may open connections to the other services (the
    /// NetworkPolicies). For itself the gateway must not believe it.
    public var clientAddress: String?
    public var userAgent: String?

    /// The largest body that a route takes.
    public static let maximumBodySize = 1 << 20
    public var maxUploadSize: Int { Self.maximumBodySize }

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        requestID = UUID().uuidString.lowercased()
        trace = .root()
        remoteAddress = source.channel.remoteAddress?.ipAddress
        clientAddress = remoteAddress
    }

    public var requestDecoder: APIDecoder { APIDecoder() }
    public var responseEncoder: APIEncoder { APIEncoder() }

    /// Who asks.
    ///
    /// - Throws: ``Problem`` 401 on a route that was not put behind ``Authenticate``.
    public var principal: Principal {
        get throws {
            guard let caller else { throw Problem(.unauthorized, "unauthenticated", "a bearer token is required") }
            return caller
        }
    }
}

/// Decodes request bodies; whatever is wrong with them is a problem that names the field.
public struct APIDecoder: RequestDecoder {
    public func decode<Value: Decodable>(
        _ type: Value.Type,
        from request: Request,
        context: some RequestContext
    ) async throws -> Value {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: context.maxUploadSize)
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "body_too_large", "a body has \(context.maxUploadSize) bytes at the most")
        }
        guard body.readableBytes > 0 else { throw Problem(.badRequest, "body_missing", "a JSON body is required") }
        do {
            return try JSONDecoder.api.decode(
                type,
                from: Data(NormalizedJSON.normalize(Array(body.readableBytesView)))
            )
        } catch let error as DecodingError {
            throw Problem(error)
        }
    }
}

/// Encodes response bodies.
public struct APIEncoder: ResponseEncoder {
    public func encode(
        _ value: some Encodable,
        from request: Request,
        context: some RequestContext
    ) throws -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder.api.encode(value)))
        )
    }
}

extension Problem {
    /// What a JSON decoder found wrong, by the path of the field.
    init(_ error: DecodingError) {
        func path(_ keys: [any CodingKey]) -> String {
            keys.reduce("") { path, key in
                if let index = key.intValue { return "\(path)[\(index)]" }
                return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
            }
        }
        switch error {
        case .keyNotFound(let key, let context):
            self = .field(path(context.codingPath + [key]), "is required")
        case .typeMismatch(let type, let context):
            self = .field(path(context.codingPath), "must be \(Self.name(of: type))")
        case .valueNotFound(let type, let context):
            self = .field(path(context.codingPath), "must be \(Self.name(of: type)), not null")
        case .dataCorrupted(let context):
            let field = path(context.codingPath)
            self =
                field.isEmpty
                ? Problem(.badRequest, "body_malformed", "the body is not JSON")
                : .field(field, context.debugDescription)
        @unknown default:
            self = Problem(.badRequest, "body_malformed", "the body can't be read")
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Int.Type, is Int64.Type, is Int32.Type: "a whole number"
        case is Double.Type: "a number"
        case is [String: Any].Type: "an object"
        default: "\(type)".hasPrefix("Array") || "\(type)".hasPrefix("[") ? "a list" : "a valid value"
        }
    }
}
