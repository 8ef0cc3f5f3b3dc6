public import Commands
import Crypto
import CryptoExtras
import Foundation

/// A security key in software, with the browser in front of it: what Web Authentication asks of both (Level 2, sections 5.8.1, 6.1 and 6.5),
/// written a second time and independently of the code that is tested. Each part of what it says can be made wrong.
public struct SoftKey: Sendable {
    public enum Algorithm: CaseIterable, Sendable {
        case es256, edDSA, rs256
    }

    private enum Secret: Sendable {
        case es256(P256.Signing.PrivateKey)
        case edDSA(Curve25519.Signing.PrivateKey)
        case rs256(_RSA.Signing.PrivateKey)
    }

    private let secret: Secret
    public var id: [UInt8] = (0..<32).map { _ in .random(in: 0...255) }
    /// Whose pages the browser shows.
    public var origin = "http://localhost:8080"
    public var isCrossOrigin = false
    /// For whom it answers.
    public var party = "localhost"
    /// Touched, by default.
    public var flags: UInt8 = 0x01
    public var counter: UInt32 = 0
    public var kinds = (registration: "webauthn.create", assertion: "webauthn.get")

    public init(_ algorithm: Algorithm = .es256) throws {
        secret =
            switch algorithm {
            case .es256: .es256(P256.Signing.PrivateKey())
            case .edDSA: .edDSA(Curve25519.Signing.PrivateKey())
            case .rs256: .rs256(try _RSA.Signing.PrivateKey(keySize: .bits2048))
            }
    }

    /// The public key (COSE).
    public var publicKey: [UInt8] {
        get throws {
            switch secret {
            case .es256(let key):
                let point = Array(key.publicKey.rawRepresentation)
                return SoftCBOR.map([
                    (.int(1), .int(2)), (.int(3), .int(-7)), (.int(-1), .int(1)),
                    (.int(-2), .bytes(Array(point[..<32]))),
                    (.int(-3), .bytes(Array(point[32...]))),
                ]).encoded
            case .edDSA(let key):
                return SoftCBOR.map([
                    (.int(1), .int(1)), (.int(3), .int(-8)), (.int(-1), .int(6)),
                    (.int(-2), .bytes(Array(key.publicKey.rawRepresentation))),
                ]).encoded
            case .rs256(let key):
                let parts = try key.publicKey.getKeyPrimitives()
                return SoftCBOR.map([
                    (.int(1), .int(3)), (.int(3), .int(-257)), (.int(-1), .bytes(Array(parts.modulus))),
                    (.int(-2), .bytes(Array(parts.publicExponent))),
                ]).encoded
            }
        }
    }

    public var algorithm: Int64 {
        switch secret {
        case .es256: -7
        case .edDSA: -8
        case .rs256: -257
        }
    }

    public func clientData(_ kind: String, _ challenge: String) -> [UInt8] {
        Array(
            #"{"type":"\#(kind)","challenge":"\#(challenge)","origin":"\#(origin)","crossOrigin":\#(isCrossOrigin)}"#
                .utf8
        )
    }

    /// What the key says of itself.
    public func data(withCredential: Bool, publicKey: [UInt8]? = nil) throws -> [UInt8] {
        var bytes = Array(SHA256.hash(data: Data(party.utf8)))
        bytes.append(flags | (withCredential ? 0x40 : 0))
        bytes += withUnsafeBytes(of: counter.bigEndian) { Array($0) }
        guard withCredential else { return bytes }
        bytes += Array(repeating: 0, count: 16)
        bytes += withUnsafeBytes(of: UInt16(id.count).bigEndian) { Array($0) }
        return bytes + id + (try publicKey ?? self.publicKey)
    }

    public func signature(of data: [UInt8], _ clientData: [UInt8]) throws -> [UInt8] {
        let signed = Data(data) + Data(SHA256.hash(data: Data(clientData)))
        return switch secret {
        case .es256(let key): Array(try key.signature(for: signed).derRepresentation)
        case .edDSA(let key): Array(try key.signature(for: signed))
        case .rs256(let key):
            Array(try key.signature(for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5).rawRepresentation)
        }
    }

    public static func attestation(
        _ data: [UInt8],
        format: String = "none",
        _ statement: [(SoftCBOR, SoftCBOR)] = []
    ) -> [UInt8] {
        SoftCBOR.map([
            (.text("fmt"), .text(format)), (.text("attStmt"), .map(statement)), (.text("authData"), .bytes(data)),
        ]).encoded
    }

    // MARK: - As a browser passes it on

    /// The answer to a question to register.
    public func registration(_ challenge: String, transports: [String] = ["usb"]) throws -> JSONValue {
        let client = clientData(kinds.registration, challenge)
        return [
            "id": .string(Self.text(id)), "rawId": .string(Self.text(id)), "type": "public-key",
            "response": [
                "clientDataJSON": .string(Self.text(client)),
                "attestationObject": .string(Self.text(Self.attestation(try data(withCredential: true)))),
                "transports": .array(transports.map { .string($0) }),
            ],
            "clientExtensionResults": [:], "authenticatorAttachment": "cross-platform",
        ]
    }

    /// The answer to a question whether it is there. It counts as one more signature if the key counts.
    public mutating func assertion(_ challenge: String, holder: [UInt8]? = nil) throws -> JSONValue {
        if counter > 0 { counter += 1 }
        let client = clientData(kinds.assertion, challenge)
        let data = try data(withCredential: false)
        var response: [String: JSONValue] = [
            "clientDataJSON": .string(Self.text(client)), "authenticatorData": .string(Self.text(data)),
            "signature": .string(Self.text(try signature(of: data, client))),
        ]
        response["userHandle"] = holder.map { .string(Self.text($0)) }
        return [
            "id": .string(Self.text(id)), "rawId": .string(Self.text(id)), "type": "public-key",
            "response": .object(response), "clientExtensionResults": [:],
        ]
    }

    public static func text(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// Writes CBOR (RFC 8949), as far as keys need it.
public indirect enum SoftCBOR: Sendable {
    case int(Int64)
    case bytes([UInt8])
    case text(String)
    case array([SoftCBOR])
    case map([(SoftCBOR, SoftCBOR)])
    case bool(Bool)

    public var encoded: [UInt8] {
        switch self {
        case .int(let number): number < 0 ? Self.head(1, UInt64(-1 - number)) : Self.head(0, UInt64(number))
        case .bytes(let bytes): Self.head(2, UInt64(bytes.count)) + bytes
        case .text(let text): Self.head(3, UInt64(text.utf8.count)) + Array(text.utf8)
        case .array(let elements): Self.head(4, UInt64(elements.count)) + elements.flatMap(\.encoded)
        case .map(let members):
            Self.head(5, UInt64(members.count)) + members.flatMap { $0.0.encoded + $0.1.encoded }
        case .bool(let value): [value ? 0xF5 : 0xF4]
        }
    }

    private static func head(_ kind: UInt8, _ argument: UInt64) -> [UInt8] {
        switch argument {
        case 0..<24: [kind << 5 | UInt8(argument)]
        case 24..<256: [kind << 5 | 24, UInt8(argument)]
        default: [kind << 5 | 25, UInt8(argument >> 8), UInt8(argument & 0xFF)]
        }
    }
}
