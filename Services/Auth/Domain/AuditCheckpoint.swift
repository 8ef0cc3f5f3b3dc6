import EventSchema
import Foundation
import Identifiers

/// What a chain was at a time. Signed, it shows later that nothing of that has been changed.
struct AuditCheckpoint: Hashable, Sendable {
    var tenant: TenantID?
    /// How many entries the chain had.
    var entries: Int64
    /// The last one's hash.
    var hash: [UInt8]
    /// To the millisecond, as answers write it.
    var at: Date
    /// Which key signs it: SHA-256 of the public key, in hexadecimal.
    var kid: String

    init(tenant: TenantID?, entries: Int64, hash: [UInt8], at: Date, kid: String) {
        self.tenant = tenant
        self.entries = entries
        self.hash = hash
        let (milliseconds, rest) = at.microseconds.quotientAndRemainder(dividingBy: 1000)
        self.at = Date(microseconds: (rest < 0 ? milliseconds - 1 : milliseconds) * 1000)
        self.kid = kid
    }

    /// What the signature covers. Its first text says what it is: nothing else that is ever signed can be taken for a checkpoint.
    var canonical: [UInt8] {
        var form = CanonicalForm(version: 1)
        form.append("dcmms audit checkpoint")
        form.append(tenant)
        form.append(entries)
        form.append(hash)
        form.append(at)
        form.append(kid)
        return form.bytes
    }
}
