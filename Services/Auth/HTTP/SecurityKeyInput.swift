import Commands
import Foundation
import Identifiers
import WebAuthn

/// A new key, as a browser's `PublicKeyCredential.toJSON()` writes it (Web Authentication, `RegistrationResponseJSON`). What it repeats in other
/// forms is not read.
struct NewCredential: Input {
    enum Kind: String, Codable, CaseIterable, Sendable {
        case publicKey = "public-key"
    }

    struct Response: Input {
        var clientDataJSON: String
        var attestationObject: String
        var transports: [String]?
        var authenticatorData: JSONValue?
        var publicKey: JSONValue?
        var publicKeyAlgorithm: JSONValue?

        static let rules: Rules = [
            "clientDataJSON": .base64URL(1...6000), "attestationObject": .base64URL(1...60_000),
            "transports": .items(0...10, each: .line(1...32).example("usb")),
        ]
    }

    var id: String
    var rawId: JSONValue?
    var type: Kind
    var response: Response
    var authenticatorAttachment: JSONValue?
    var clientExtensionResults: JSONValue?

    static let rules: Rules = ["id": .base64URL(1...1400)]

    /// - Throws: ``Refusal/keyRefused(_:)``.
    func key(named name: String) throws -> SecurityKeys.NewKey {
        do {
            let registration = try KeyRegistration(
                clientData: response.clientDataJSON.base64URLBytes,
                attestationObject: response.attestationObject.base64URLBytes
            )
            return .init(
                registration: registration,
                name: name,
                transports: Array(Set(response.transports ?? [])).sorted()
            )
        } catch {
            throw Refusal.keyRefused(error.description)
        }
    }
}

/// A key's answer, as a browser's `PublicKeyCredential.toJSON()` writes it (Web Authentication, `AuthenticationResponseJSON`).
struct CredentialAnswer: Input {
    struct Response: Input {
        var clientDataJSON: String
        var authenticatorData: String
        var signature: String
        var userHandle: String?

        static let rules: Rules = [
            "clientDataJSON": .base64URL(1...6000), "authenticatorData": .base64URL(1...6000),
            "signature": .base64URL(1...1400), "userHandle": .base64URL(0...100),
        ]
    }

    var id: String
    var rawId: JSONValue?
    var type: NewCredential.Kind
    var response: Response
    var authenticatorAttachment: JSONValue?
    var clientExtensionResults: JSONValue?

    static let rules: Rules = ["id": .base64URL(1...1400)]

    /// - Throws: ``Refusal/keyRefused(_:)``.
    func answer() throws -> KeyAnswer {
        do throws(KeyFault) {
            let assertion = try KeyAssertion(
                clientData: response.clientDataJSON.base64URLBytes,
                authenticatorData: response.authenticatorData.base64URLBytes,
                signature: response.signature.base64URLBytes
            )
            let handle = response.userHandle?.base64URLBytes ?? []
            let holder = handle.isEmpty ? nil : UserID(keyHandle: handle)
            guard handle.isEmpty || holder != nil else { throw .malformed }
            return KeyAnswer(credential: id.base64URLBytes, holder: holder, assertion: assertion)
        } catch {
            throw Refusal.keyRefused(error.description)
        }
    }
}

extension UserID {
    /// What keys know a person by: their id, and nothing that tells who they are.
    var keyHandle: [UInt8] { withUnsafeBytes(of: rawValue.uuid) { Array($0) } }

    fileprivate init?(keyHandle bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.init(bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) })
    }
}

extension String {
    /// Of a text that ``Commands/Rule/base64URL(_:)`` has let through.
    fileprivate var base64URLBytes: [UInt8] { Array(Data(base64URL: self) ?? Data()) }
}

extension Rule {
    /// Bytes in base64url without padding (RFC 4648, section 5).
    fileprivate static func base64URL(_ length: ClosedRange<Int>) -> Rule {
        form(
            length,
            pattern: "^[A-Za-z0-9_-]*$",
            FieldRule(code: "not_base64url", "must be base64url without padding"),
            example: "AAAA"
        ) {
            Data(base64URL: $0) != nil
        }
    }
}
