import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization

/// Somebody else's server, on this machine, that is told facts. It knows a message by the secret with code of its own.
final class WebhookReceiver: Sendable {
    struct Message: Sendable {
        var headers: HTTPFields
        var host: String?
        var path: String
        var body: String

        subscript(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
    }

    struct Answer: Sendable {
        var status = HTTPResponse.Status.noContent
        var headers: HTTPFields = [:]
        var body = ""
    }

    private let received = Mutex<[Message]>([])
    private let next = Mutex<Answer>(Answer())
    let port: Int

    private init(port: Int) { self.port = port }

    var messages: [Message] { received.withLock(\.self) }

    /// A name that nobody resolves, so that what arrives went to the address that was checked.
    var url: String { "http://hooks.sunfield.example:\(port)/hook" }

    func answer(_ status: HTTPResponse.Status, _ body: String = "", headers: HTTPFields = [:]) {
        next.withLock { $0 = Answer(status: status, headers: headers, body: body) }
    }

    static func run(_ body: @escaping @Sendable (WebhookReceiver) async throws -> Void) async throws {
        let inbox = Mutex<WebhookReceiver?>(nil)
        let router = Router()
        for path: RouterPath in ["/hook", "/elsewhere"] {
            router.post(path) { request, context in
                let text = String(buffer: try await request.body.collect(upTo: 1 << 20))
                let receiver = inbox.withLock(\.self)
                receiver?.received.withLock {
                    $0.append(
                        Message(
                            headers: request.headers,
                            host: request.head.authority,
                            path: request.uri.path,
                            body: text
                        )
                    )
                }
                let answer = receiver?.next.withLock(\.self) ?? Answer()
                let content = ResponseBody(byteBuffer: ByteBuffer(string: answer.body))
                return Response(status: answer.status, headers: answer.headers, body: content)
            }
        }
        try await Application(router: router).test(.live) { client in
            let receiver = WebhookReceiver(port: client.port ?? 0)
            inbox.withLock { $0 = receiver }
            try await body(receiver)
        }
    }

    /// Whether the message is from who knows the secret (Standard Webhooks).
    static func isSigned(_ message: Message, with secret: String) -> Bool {
        guard let id = message["Webhook-Id"], let time = message["Webhook-Timestamp"],
            let key = Data(base64Encoded: String(secret.dropFirst("whsec_".count)))
        else { return false }
        let signed = Data((id + "." + time + "." + message.body).utf8)
        return (message["Webhook-Signature"] ?? "").split(separator: " ").contains { signature in
            guard signature.hasPrefix("v1,"), let code = Data(base64Encoded: String(signature.dropFirst(3))) else {
                return false
            }
            return HMAC<SHA256>.isValidAuthenticationCode(
                code,
                authenticating: signed,
                using: SymmetricKey(data: key)
            )
        }
    }
}
