import AsyncHTTPClient
import Foundation
import LocalFleet
import NIOCore
import NIOHTTP1
import Synchronization

/// Sessions of people, each with the tokens that it has now.
final class Sessions: Sendable {
    struct Tokens: Sendable {
        var access: String
        var refresh: String
    }

    private let tokens: Mutex<[Tokens]>

    private init(_ tokens: [Tokens]) {
        self.tokens = Mutex(tokens)
    }

    var count: Int { tokens.withLock { $0.count } }

    func access(_ number: Int) -> String { tokens.withLock { $0[number % $0.count].access } }

    /// Logs the benchmark's people in, one session each.
    static func logIn(_ count: Int, at base: String) async throws -> Sessions {
        var all: [Tokens] = []
        for number in 1...count {
            let body =
                #"{"email":"bench\#(number)@example.com","password":"\#(Credentials.administrator.password)"}"#
            all.append(try await ask("\(base)/api/v1/auth/login", body))
        }
        return Sessions(all)
    }

    /// Exchanges a session's refresh token for the next one. Nobody else may do so for the same session meanwhile.
    func refresh(_ number: Int, at base: String) async throws {
        let old = tokens.withLock { $0[number].refresh }
        let new = try await Self.ask("\(base)/api/v1/auth/refresh", #"{"refreshToken":"\#(old)"}"#)
        tokens.withLock { $0[number] = new }
    }

    private static func ask(_ url: String, _ body: String) async throws -> Tokens {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
        guard answer.status == .ok, let access = member("accessToken", of: text),
            let refresh = member("refreshToken", of: text)
        else { throw Refusal("\(url) answered \(answer.status.code): \(text.prefix(200))") }
        return Tokens(access: access, refresh: refresh)
    }

    /// Without a decoder, whose time would be measured as well.
    private static func member(_ name: String, of text: String) -> String? {
        guard let start = text.firstRange(of: "\"\(name)\":\"")?.upperBound else { return nil }
        return text[start...].firstIndex(of: "\"").map { String(text[start..<$0]) }
    }
}
