import EventSchema
import Foundation
import Identifiers

/// An entry of the audit log at its place in its tenant's chain.
struct AuditRecord: Hashable, Sendable {
    /// `nil` for what concerns no tenant, such as a login with an unknown address. Those entries have a chain of their own.
    var tenant: TenantID?
    /// Its place in the chain: 1, 2, 3, …
    var id: Int64
    /// When the log took it; in a chain this never goes back.
    var recordedAt: Date
    var event: EventID
    var user: UserID?
    var service: String
    var action: String
    var resourceType: String
    var resourceID: String?
    var cause: String?
    var address: String?
    var userAgent: String?
    /// JSON, letter by letter as it was published, on one line.
    var changes: String?
    /// When it was done.
    var at: Date
}

extension AuditRecord {
    /// Puts an entry behind the last one of its chain.
    init(_ entry: AuditRecorded, _ event: EventID, after last: AuditHead, at now: Date) {
        tenant = entry.tenant
        id = last.entries + 1
        // Stores keep microseconds. The clocks of two instances differ a little.
        recordedAt = Date(microseconds: max(now.microseconds, last.recordedAt?.microseconds ?? .min))
        self.event = event
        user = entry.user
        service = entry.service
        action = entry.action
        resourceType = entry.resourceType
        resourceID = entry.resourceID
        cause = entry.cause
        address = entry.address
        userAgent = entry.userAgent
        // One line, as exports have it: outside of strings a line feed is only space, and inside there is none.
        changes = entry.changes.flatMap { $0 == "null" ? nil : $0.replacing("\n", with: " ") }
        at = Date(microseconds: entry.at.microseconds)
    }

    /// What the entry's hash covers: a byte for the version of this form, then each property in the order of their declaration. A property is its
    /// length in four bytes and its bytes; the length of a missing one is 2^32 - 1. Ids have 16 bytes, numbers and times 8 (times are
    /// microseconds since 1970), texts are in UTF-8. Numbers begin with the highest byte.
    ///
    /// Old entries have to stay verifiable, so this is never changed: a new form gets a new version.
    var canonical: [UInt8] {
        var form = CanonicalForm(version: 1)
        form.append(tenant)
        form.append(id)
        form.append(recordedAt)
        form.append(event)
        form.append(user)
        form.append(service)
        form.append(action)
        form.append(resourceType)
        form.append(resourceID)
        form.append(cause)
        form.append(address)
        form.append(userAgent)
        form.append(changes)
        form.append(at)
        return form.bytes
    }
}

/// The end of a chain.
struct AuditHead: Hashable, Sendable {
    /// How many entries the chain has.
    var entries: Int64
    /// That of the last entry; see ``start``.
    var hash: [UInt8]
    /// When the last entry was recorded.
    var recordedAt: Date?

    /// Of a chain without entries: 32 zero bytes stand for the hash.
    static let start = AuditHead(entries: 0, hash: [UInt8](repeating: 0, count: 32), recordedAt: nil)
}
