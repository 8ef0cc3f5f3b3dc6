import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import SignedXML

/// Sends requests to a bucket, again where that can help: at most ``BucketSettings/attempts`` times, with pauses that grow.
struct BucketClient: Sendable {
    let settings: BucketSettings
    let http: HTTPClient

    /// Lives as long as the process. A redirect would need another signature.
    private static let shared = HTTPClient(
        eventLoopGroupProvider: .singleton,
        configuration: configuration(dnsOverride: [:])
    )

    private static func configuration(dnsOverride: [String: String]) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(20)),
            decompression: .disabled
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.tracing.tracer = nil
        configuration.dnsOverride = dnsOverride
        return configuration
    }

    /// - Parameter http: Another client than the process's own, for tests.
    init(_ settings: BucketSettings, http: HTTPClient? = nil) {
        self.settings = settings
        self.http = http ?? Self.shared
    }

    /// A client that finds hosts elsewhere than their names say. Whoever makes it shuts it down.
    static func client(findingHosts dnsOverride: [String: String]) -> HTTPClient {
        HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration(dnsOverride: dnsOverride))
    }

    /// - Returns: An answer with a status below 300; its body is not read yet.
    /// - Throws: ``ObjectStoreError``.
    func send(_ request: BucketRequest) async throws -> HTTPClientResponse {
        var attempt = 1
        while true {
            do {
                return try await sendOnce(request)
            } catch let outage as Outage {
                guard attempt < settings.attempts else {
                    throw ObjectStoreError.unavailable("\(request.what): \(outage.reason)")
                }
                // 0.1, 0.2, 0.4 s, and less by chance: those who were refused together do not come again together.
                try await Task.sleep(for: .milliseconds(100 << (attempt - 1)) * Double.random(in: 0.5...1))
                attempt += 1
            }
        }
    }

    /// Sends it, and reads an answer of the service itself, which is XML.
    func ask(_ request: BucketRequest) async throws -> XMLElement? {
        let answer = try await send(request)
        let bytes = try await Self.small(answer)
        guard !bytes.isEmpty else { return nil }
        guard let element = try? XMLElement(reading: bytes) else {
            throw ObjectStoreError.unavailable("\(request.what): the answer is no XML")
        }
        return element
    }

    /// Something that can be otherwise a moment later.
    struct Outage: Error {
        let reason: String
    }

    private func sendOnce(_ request: BucketRequest) async throws -> HTTPClientResponse {
        let signed = try SignedRequest(request, settings, at: Date())
        var sent = HTTPClientRequest(url: signed.url)
        sent.method = HTTPMethod(rawValue: request.method.rawValue)
        for header in signed.headers { sent.headers.add(name: header.name, value: header.value) }
        switch request.body {
        case .none: break
        case .bytes(let bytes): sent.body = .bytes(bytes)
        case .object(let object):
            guard let key = request.key else { break }
            sent.body = .stream(try await object.stream(for: key), length: .known(Int64(object.size)))
        }
        let answer: HTTPClientResponse
        do {
            answer = try await http.execute(sent, timeout: timeout(of: request))
        } catch let error as ObjectStoreError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as HTTPClientError where error == .cancelled {
            throw CancellationError()
        } catch {
            throw Outage(reason: "\(error)")
        }
        guard answer.status.code >= 300 else { return answer }
        let refusal = BucketRefusal(answer.status.code, (try? await Self.small(answer)) ?? [])
        switch refusal.kind {
        case .again: throw Outage(reason: refusal.description)
        case .notFound: throw ObjectStoreError.notFound(request.what)
        case .forGood: throw ObjectStoreError.refused("\(request.what): \(refusal)")
        }
    }

    /// A quarter of a mebibyte a second is enough for sending.
    private func timeout(of request: BucketRequest) -> TimeAmount {
        let seconds = settings.timeout.components
        return .seconds(seconds.seconds + Int64(request.size >> 18)) + .nanoseconds(seconds.attoseconds / 1_000_000_000)
    }

    private static func small(_ answer: HTTPClientResponse) async throws -> [UInt8] {
        do {
            return Array(try await answer.body.collect(upTo: SignedXML.largest).readableBytesView)
        } catch {
            throw ObjectStoreError.unavailable("the answer broke off: \(error)")
        }
    }
}

/// Why a service refuses: "Error Responses", Amazon S3 API Reference.
struct BucketRefusal: CustomStringConvertible {
    enum Kind { case again, notFound, forGood }

    let status: UInt
    let code: String
    let message: String

    init(_ status: UInt, _ body: [UInt8]) {
        self.init(status, try? XMLElement(reading: body))
    }

    init(_ status: UInt, _ error: XMLElement?) {
        self.status = status
        code = error?.text(of: "Code") ?? ""
        message = error?.text(of: "Message") ?? ""
    }

    var kind: Kind {
        switch (status, code) {
        case (404, "NoSuchKey"), (404, "NoSuchUpload"), (404, ""): .notFound
        case (_, "SlowDown"), (_, "RequestTimeout"), (_, "InternalError"), (_, "ServiceUnavailable"): .again
        case (429, _), (500, _), (502...504, _): .again
        default: .forGood
        }
    }

    var description: String { [String(status), code, message].filter { !$0.isEmpty }.joined(separator: " ") }
}

extension XMLElement {
    /// The text of the only child of this name. Services differ in whether they name the namespace.
    func text(of name: String) -> String? {
        let found = children.filter { $0.name == name }
        return found.count == 1 ? found[0].trimmedText : nil
    }
}
