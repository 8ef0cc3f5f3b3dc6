import EventSchema
import Foundation
import Identifiers

/// The end of those entries of a chain that were dropped because their time was over. Signed, it proves that what is left begins where it may.
///
/// It is not a checkpoint: otherwise whoever deletes the beginning of a chain could pass any checkpoint off as the place where it was cut.
struct AuditCut: Hashable, Sendable {
    var tenant: TenantID?
    /// The last entry that was dropped.
    var entries: Int64
    /// That entry's hash.
    var hash: [UInt8]
    /// When that entry was recorded.
    var recordedAt: Date
    /// When it was cut, to the millisecond, as answers write it.
    var at: Date
    /// Which key signs it: SHA-256 of the public key, in hexadecimal.
    var kid: String

    /// How many years an entry is kept. The database has the same number (`audit_retention`), and refuses what is younger.
    static let years = 7

    /// - Parameter head: The last entry that is dropped; `nil` when it has no time, which only an empty chain has not.
    init?(tenant: TenantID?, after head: AuditHead, at: Date, kid: String) {
        guard let recordedAt = head.recordedAt else { return nil }
        self.init(tenant: tenant, entries: head.entries, hash: head.hash, recordedAt: recordedAt, at: at, kid: kid)
    }

    init(tenant: TenantID?, entries: Int64, hash: [UInt8], recordedAt: Date, at: Date, kid: String) {
        self.tenant = tenant
        self.entries = entries
        self.hash = hash
        self.recordedAt = recordedAt
        let (milliseconds, rest) = at.microseconds.quotientAndRemainder(dividingBy: 1000)
        self.at = Date(microseconds: (rest < 0 ? milliseconds - 1 : milliseconds) * 1000)
        self.kid = kid
    }

    /// Whether the entries were old enough: they are dropped a month at a time.
    var isDue: Bool {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        guard let month = calendar.dateInterval(of: .month, for: recordedAt),
            let end = calendar.date(byAdding: .year, value: Self.years, to: month.end)
        else { return false }
        return end <= at
    }

    /// Where the chain goes on.
    var head: AuditHead { AuditHead(entries: entries, hash: hash, recordedAt: recordedAt) }

    /// What the signature covers.
    var canonical: [UInt8] {
        var form = CanonicalForm(version: 1)
        form.append("dcmms audit cut")
        form.append(tenant)
        form.append(entries)
        form.append(hash)
        form.append(recordedAt)
        form.append(at)
        form.append(kid)
        return form.bytes
    }
}
