import AsyncHTTPClient
import Foundation
package import Identifiers
import NIOCore
import NIOHTTP1

/// The fleet's API as a client of the gateway sees it.
package struct API: Sendable {
    package let base: String
    package var token: String?

    /// The tenant that the token is for, from its claims (RFC 7519).
    package var tenant: TenantID? {
        guard let part = token?.split(separator: ".").dropFirst().first else { return nil }
        let padded = part.replacing("-", with: "+").replacing("_", with: "/")
        let data = Data(base64Encoded: padded + String(repeating: "=", count: (4 - padded.count % 4) % 4))
        let claims = data.flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any]
        return (claims?["tid"] as? String).flatMap(TenantID.init)
    }

    package init(base: String, token: String? = nil) {
        self.base = base
        self.token = token
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package let code: String?
    }

    package func get(_ path: String) async throws -> [String: Any] {
        try await send("GET", path, nil)
    }

    @discardableResult
    package func post(_ path: String, _ body: [String: Any] = [:]) async throws -> [String: Any] {
        try await send("POST", path, body)
    }

    @discardableResult
    package func patch(_ path: String, _ body: [String: Any]) async throws -> [String: Any] {
        try await send("PATCH", path, body)
    }

    /// All items of a list's first page.
    package func items(_ path: String) async throws -> [[String: Any]] {
        try await get(path)["items"] as? [[String: Any]] ?? []
    }

    /// The same API for another user.
    package func login(_ who: (email: String, password: String)) async throws -> API {
        let tokens = try await post("/api/v1/auth/login", ["email": who.email, "password": who.password])
        return API(base: base, token: tokens["accessToken"] as? String)
    }

    private func send(_ method: String, _ path: String, _ body: [String: Any]?) async throws -> [String: Any] {
        var request = HTTPClientRequest(url: base + path)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body, !body.isEmpty {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(
                ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: body, options: .sortedKeys))
            )
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 10 << 20)
        let object = (try? JSONSerialization.jsonObject(with: Data(bytes.readableBytesView))) as? [String: Any] ?? [:]
        guard (200..<300).contains(response.status.code) else {
            throw Failure(
                description: "\(method) \(path): \(response.status.code) \(object["detail"] as? String ?? "")",
                code: object["code"] as? String
            )
        }
        return object
    }
}
