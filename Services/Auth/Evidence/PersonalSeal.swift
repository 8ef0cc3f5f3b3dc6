import Commands
import Crypto
import Foundation
import Identifiers

/// Texts about a person, encrypted under that person's key (AES-256-GCM, a new nonce for each).
enum PersonalSeal {
    /// What a text becomes whose key was destroyed.
    static let erased = "erased"
    private static let mark = "sealed:"
    /// What an audit entry about a user says of the person; everything else are ids, roles and states.
    private static let fields: Set = [
        "email", "code", "firstName", "lastName", "displayName", "phone", "idpUserId", "metadata",
        "securityKey",
    ]

    static func newKey() -> [UInt8] { SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) } }

    /// - Parameter key: `nil` when it was destroyed: then the text is, too.
    static func seal(_ text: String, of person: UserID, _ key: [UInt8]?) throws -> String {
        guard !text.hasPrefix(mark), text != erased else { return text }
        guard let key else { return erased }
        let box = try AES.GCM.seal(
            Data(text.utf8),
            using: SymmetricKey(data: key),
            authenticating: Data(person.description.utf8)
        )
        // Ciphertexts with the standard nonce always have this form.
        guard let bytes = box.combined else { return erased }
        return mark + bytes.base64EncodedString()
    }

    /// What has been sealed; other texts are as they were.
    static func open(_ text: String, of person: UserID, _ key: [UInt8]?) -> String {
        guard text.hasPrefix(mark) else { return text }
        guard let key, let bytes = Data(base64Encoded: String(text.dropFirst(mark.count))),
            let box = try? AES.GCM.SealedBox(combined: bytes),
            let data = try? AES.GCM.open(
                box,
                using: SymmetricKey(data: key),
                authenticating: Data(person.description.utf8)
            )
        else { return erased }
        return String(decoding: data, as: UTF8.self)
    }

    /// Seals the values before and after of the fields that tell who the person is.
    static func seal(changes: String, of person: UserID, _ key: [UInt8]?) throws -> String {
        try map(changes) { try seal($0, of: person, key) }.text()
    }

    static func open(changes: String, of person: UserID, _ key: [UInt8]?) throws -> JSONValue {
        try map(changes) { open($0, of: person, key) }
    }

    private static func map(_ changes: String, _ transform: (String) throws -> String) throws -> JSONValue {
        let value = try JSONReader.read(changes.utf8)
        guard var members = value.members else { return value }
        for (name, pair) in members where fields.contains(name) {
            members[name] = try texts(of: pair, transform)
        }
        return .object(members)
    }

    private static func texts(of value: JSONValue, _ transform: (String) throws -> String) throws -> JSONValue {
        if let text = value.text { return .string(try transform(text)) }
        if let elements = value.elements { return .array(try elements.map { try texts(of: $0, transform) }) }
        if let members = value.members { return .object(try members.mapValues { try texts(of: $0, transform) }) }
        return value
    }
}
