import Foundation
import Identifiers
import ServiceKit

/// A checkpoint as answers and files carry it.
struct CheckpointResponse: Answer, Codable, Hashable {
    /// `nil`: the chain of what concerns no tenant.
    var tenantId: TenantID?
    var entries: Int64
    /// In hexadecimal.
    var hash: String
    var at: Date
    var kid: String
    /// In Base64, like the signature.
    var publicKey: String
    var signature: String

    init(_ signed: SignedCheckpoint) {
        tenantId = signed.checkpoint.tenant
        entries = signed.checkpoint.entries
        hash = signed.checkpoint.hash.hex
        at = signed.checkpoint.at
        kid = signed.checkpoint.kid
        publicKey = Data(signed.publicKey).base64EncodedString()
        signature = Data(signed.signature).base64EncodedString()
    }

    /// - Returns: `nil` when a value does not have its form.
    var signed: SignedCheckpoint? {
        guard let hash = [UInt8](hex: hash), let publicKey = Data(base64Encoded: publicKey),
            let signature = Data(base64Encoded: signature)
        else { return nil }
        return SignedCheckpoint(
            checkpoint: AuditCheckpoint(tenant: tenantId, entries: entries, hash: hash, at: at, kid: kid),
            publicKey: Array(publicKey),
            signature: Array(signature)
        )
    }
}

extension [UInt8] {
    init?(hex: String) {
        self = stride(from: 0, to: hex.utf8.count, by: 2).compactMap {
            let digits = Array(hex.utf8.dropFirst($0).prefix(2))
            return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
        }
        guard self.hex == hex else { return nil }
    }
}
