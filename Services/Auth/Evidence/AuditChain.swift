import Crypto

/// The hashes that make a tenant's entries one chain: whoever changes an entry has to change all those behind it.
enum AuditChain {
    /// SHA-256 of the hash before it and of the entry.
    static func hash(_ record: AuditRecord, after previous: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        previous.withUnsafeBytes { hash.update(bufferPointer: $0) }
        record.canonical.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return Array(hash.finalize())
    }
}
