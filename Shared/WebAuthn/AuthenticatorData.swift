import Crypto
import Foundation

/// What a key itself says, and signs (Web Authentication, section 6.1).
struct AuthenticatorData: Hashable {
    struct Flags: OptionSet, Hashable {
        let rawValue: UInt8

        /// Somebody touched it.
        static let userPresent = Flags(rawValue: 0x01)
        /// It checked a PIN or a finger.
        static let userVerified = Flags(rawValue: 0x04)
        /// It can be copied to the person's other devices.
        static let backupEligible = Flags(rawValue: 0x08)
        static let backedUp = Flags(rawValue: 0x10)
        static let hasCredential = Flags(rawValue: 0x40)
        static let hasExtensions = Flags(rawValue: 0x80)
    }

    /// A new key, in the answer to a registration.
    struct Credential: Hashable {
        var id: [UInt8]
        /// As the key wrote it (COSE, RFC 9052).
        var publicKey: [UInt8]
    }

    let bytes: [UInt8]
    let partyHash: [UInt8]
    let flags: Flags
    let counter: UInt32
    let credential: Credential?

    /// Nothing may follow what the flags announce.
    init(_ bytes: [UInt8]) throws(KeyFault) {
        guard bytes.count >= 37, bytes.count <= 64 << 10 else { throw .malformed }
        self.bytes = bytes
        partyHash = Array(bytes[..<32])
        flags = Flags(rawValue: bytes[32])
        counter = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        guard flags.contains(.backupEligible) || !flags.contains(.backedUp) else { throw .malformed }
        var rest = bytes[37...]
        credential = flags.contains(.hasCredential) ? try Self.credential(&rest) : nil
        if flags.contains(.hasExtensions) {
            var reader = CBORReader(rest)
            guard try reader.value().members != nil else { throw .malformed }
            rest = reader.rest
        }
        guard rest.isEmpty else { throw .malformed }
    }

    private static func credential(_ rest: inout ArraySlice<UInt8>) throws(KeyFault) -> Credential {
        // Sixteen bytes name the model; nobody vouches for them.
        guard rest.count >= 18 else { throw .malformed }
        let count = rest.dropFirst(16).prefix(2).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(18)
        // As Web Authentication bounds it (section 5.4.3).
        guard (1...1023).contains(count), count <= rest.count else { throw .malformed }
        let id = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        var reader = CBORReader(rest)
        guard try reader.value().members != nil else { throw .malformed }
        let key = Array(rest.prefix(rest.count - reader.rest.count))
        rest = reader.rest
        return Credential(id: id, publicKey: key)
    }

    /// - Throws: ``KeyFault/wrongRelyingParty``, ``KeyFault/userAbsent``.
    func require(_ party: RelyingParty) throws(KeyFault) {
        guard partyHash == Array(SHA256.hash(data: Data(party.id.utf8))) else { throw .wrongRelyingParty }
        guard flags.contains(.userPresent) else { throw .userAbsent }
    }
}
