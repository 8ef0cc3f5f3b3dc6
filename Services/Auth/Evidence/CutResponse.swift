import EventSchema
import Foundation
import Identifiers
import ServiceKit

/// A cut as answers and files carry it.
struct CutResponse: Answer, Codable, Hashable {
    /// `nil`: the chain of what concerns no tenant.
    var tenantId: TenantID?
    /// The last entry that was dropped.
    var entries: Int64
    /// Its hash, in hexadecimal.
    var hash: String
    /// When it was recorded, to the microsecond, as exports write it.
    var recordedAt: String
    var at: Date
    var kid: String
    /// In Base64, like the signature.
    var publicKey: String
    var signature: String

    init(_ signed: SignedCut) {
        tenantId = signed.cut.tenant
        entries = signed.cut.entries
        hash = signed.cut.hash.hex
        recordedAt = signed.cut.recordedAt.toTheMicrosecond
        at = signed.cut.at
        kid = signed.cut.kid
        publicKey = Data(signed.publicKey).base64EncodedString()
        signature = Data(signed.signature).base64EncodedString()
    }

    /// - Returns: `nil` when a value does not have its form.
    var signed: SignedCut? {
        guard let hash = [UInt8](hex: hash), let recordedAt = Date(toTheMicrosecond: recordedAt),
            let publicKey = Data(base64Encoded: publicKey), let signature = Data(base64Encoded: signature)
        else { return nil }
        return SignedCut(
            cut: AuditCut(tenant: tenantId, entries: entries, hash: hash, recordedAt: recordedAt, at: at, kid: kid),
            publicKey: Array(publicKey),
            signature: Array(signature)
        )
    }
}
