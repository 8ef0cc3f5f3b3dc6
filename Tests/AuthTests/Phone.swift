import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// An authenticator app.
struct Phone: Sendable {
    let secret: [UInt8]

    /// - Parameter text: In base 32, as a person types it.
    init(_ text: String) {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bits, count) = (0, 0)
        var bytes: [UInt8] = []
        for letter in text {
            bits = (bits << 5 | (letters.firstIndex(of: letter) ?? 0)) & 0xFFF
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        secret = bytes
    }

    /// The code of this moment, or of a step beside it.
    func code(_ offset: Int64 = 0) -> String { TOTP.code(secret, step: TOTP.step(at: Date()) + offset) }

    /// A code that is wrong for some minutes.
    var wrongCode: String {
        let near = Set((-10...10).map { code($0) })
        return ["000000", "111111", "222222"].first { !near.contains($0) } ?? ""
    }
}

extension Company {
    /// Adds an authenticator app to the account of somebody who is logged in.
    func addPhone(_ client: ServiceClient) async throws -> (phone: Phone, recoveryCodes: [String]) {
        let begun = try await client.send(.post, "/api/v1/auth/mfa/totp", [:])
        let phone = Phone(try #require(begun["secret"], "\(begun.text)"))
        let confirmed = try await client.send(.post, "/api/v1/auth/mfa/totp/confirmation", ["code": phone.code()])
        try await forgetUsedCodes()
        try await learn()
        return (phone, try #require(confirmed.object["recoveryCodes"] as? [String], "\(confirmed.text)"))
    }

    /// A code can be used once in 30 seconds, and tests do not wait.
    func forgetUsedCodes() async throws { try await database.owner.execute("UPDATE second_factors SET last_step = 0") }

    /// The challenge of a login whose password is right.
    func challenge(_ person: Person, from network: String? = nil) async throws -> String {
        let login = try await RouteTests.login(anonymous, email: person.email, password: person.password, from: network)
        return try #require(login["challenge"], "\(login.text)")
    }

    func answer(_ challenge: String, _ code: String, from network: String? = nil) async throws -> ServiceAnswer {
        var headers = HTTPFields()
        headers[.forwardedFor] = network
        return try await anonymous.send(
            .post,
            "/api/v1/auth/login/mfa",
            ["challenge": challenge, "code": code],
            headers: headers
        )
    }

    func client(_ login: ServiceAnswer) throws -> ServiceClient {
        var client = anonymous
        client.token = try #require(login["accessToken"], "\(login.text)")
        return client
    }
}

extension ServiceAnswer {
    /// The claims of an access token.
    var claims: [String: Any] {
        let parts = (self["accessToken"] ?? "").split(separator: ".")
        guard parts.count == 3 else { return [:] }
        let text = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
        let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
        let object = Data(base64Encoded: padded).flatMap { try? JSONSerialization.jsonObject(with: $0) }
        return object as? [String: Any] ?? [:]
    }

    var amr: [String]? { claims["amr"] as? [String] }

    var authTime: Double? { (claims["auth_time"] as? NSNumber)?.doubleValue }
}
