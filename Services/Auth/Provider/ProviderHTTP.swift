import AsyncHTTPClient
import Commands
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Why an identity provider gave no answer.
enum ProviderOutage: Error, Hashable, Sendable {
    /// It can't be reached, or says that it can't answer.
    case away(String)
    /// It did not answer in time.
    case slow
}

/// Requests to identity providers: bounded in time and size, by TLS, and only to where the tenant's configuration leads. It closes with the
/// daemon.
struct ProviderHTTP: Service {
    private let http: HTTPClient
    /// Whether the installation is on this machine only, and its provider can be, too.
    let isLocal: Bool
    /// How long a provider has for an answer.
    let timeout: TimeAmount

    static let largestAnswer = 256 << 10

    init(isLocal: Bool, timeout: TimeAmount = .seconds(5)) {
        // A redirect would lead where nobody has checked.
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(3), read: timeout),
            decompression: .disabled
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.tracing.tracer = nil
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.isLocal = isLocal
        self.timeout = timeout
    }

    func run() async throws {
        try? await gracefulShutdown()
        try await http.shutdown()
    }

    /// For tests, which run no service.
    func shutdown() async throws { try await http.shutdown() }

    /// Reads a JSON document.
    ///
    /// - Throws: ``ProviderOutage``, ``ProviderRefusal``.
    func get(_ url: String) async throws -> JSONValue {
        let (status, body) = try await send(HTTPClientRequest(url: url), url)
        guard status == 200 else { throw ProviderOutage.away("\(Self.place(url)) answers \(status)") }
        return try Self.json(body, url)
    }

    /// Sends a form.
    ///
    /// - Parameter authorization: The header of this name.
    /// - Returns: The status, and the answer; `nil` if it is not JSON.
    func post(_ url: String, _ form: [(String, String)], authorization: String?) async throws -> (
        status: UInt, answer: JSONValue?
    ) {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        request.body = .bytes(ByteBuffer(string: FormText.encoded(form)))
        let (status, body) = try await send(request, url)
        guard status < 500, status != 429 else { throw ProviderOutage.away("\(Self.place(url)) answers \(status)") }
        return (status, try? Self.json(body, url))
    }

    private func send(_ request: HTTPClientRequest, _ url: String) async throws -> (UInt, ByteBuffer) {
        guard ProviderURL.isAllowed(url, isLocal: isLocal) else {
            throw ProviderRefusal("\(Self.place(url)) is not an address that we call")
        }
        var request = request
        request.headers.add(name: "Accept", value: "application/json")
        do {
            return try await within(timeout) { [request] in
                let answer = try await http.execute(request, timeout: timeout)
                return (answer.status.code, try await answer.body.collect(upTo: Self.largestAnswer))
            }
        } catch let error as HTTPClientError
            where error == .deadlineExceeded || error == .readTimeout || error == .getConnectionFromPoolTimeout
        {
            throw ProviderOutage.slow
        } catch let outage as ProviderOutage {
            throw outage
        } catch is NIOTooManyBytesError {
            throw ProviderRefusal("the answer of \(Self.place(url)) is too large")
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw ProviderOutage.away("\(Self.place(url)): \(error)")
        }
    }

    /// The whole answer counts: a provider that sends a byte now and then must not hold us.
    private func within<Value: Sendable>(
        _ limit: TimeAmount,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: .nanoseconds(limit.nanoseconds))
                throw ProviderOutage.slow
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw ProviderOutage.slow }
            return first
        }
    }

    private static func json(_ body: ByteBuffer, _ url: String) throws(ProviderRefusal) -> JSONValue {
        guard let value = try? JSONReader.read(body.readableBytesView) else {
            throw ProviderRefusal("the answer of \(place(url)) is not JSON")
        }
        return value
    }

    /// The URL without its query, which can have a secret.
    private static func place(_ url: String) -> String { String(url.prefix { $0 != "?" }.prefix(300)) }
}

/// A form or a query (`application/x-www-form-urlencoded`).
enum FormText {
    static func encoded(_ fields: [(String, String)]) -> String {
        fields.map { "\(encoded($0))=\(encoded($1))" }.joined(separator: "&")
    }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// A URL with these fields added to its query.
    static func url(_ base: String, _ fields: [(String, String)]) -> String {
        base + (base.contains("?") ? "&" : "?") + encoded(fields)
    }

    /// RFC 3986, section 2.3.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )
}
