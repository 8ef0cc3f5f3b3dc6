import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The keys of people, under which the audit log keeps what it has to keep of them.
enum PersonKeys {
    /// Who is named by an entry's own columns, and whose data it can hold: who acts, and the user that it is about.
    static func people(in entry: AuditRecorded) -> [UserID] {
        [entry.user, subject(entry.resourceType, entry.resourceID)].compactMap(\.self)
    }

    static func subject(_ resourceType: String, _ resourceID: String?) -> UserID? {
        resourceType == "user" ? resourceID.flatMap(UserID.init) : nil
    }

    /// Makes the keys that are missing; the last statement returns them all.
    static func statements(for people: [UserID], of tenant: TenantID) -> [SQL] {
        people.map { person in
            """
            INSERT INTO person_keys (user_id, tenant_id, key) VALUES (\(person), \(tenant), \(PersonalSeal.newKey()))
            ON CONFLICT DO NOTHING
            """
        } + [selection(of: people)]
    }

    /// The keys that there are. A destroyed one is missing.
    static func keys(_ rows: [Row]) throws -> [UserID: [UInt8]] {
        try rows.reduce(into: [:]) { keys, row in keys[try row["user_id"]] = try row["key"] as [UInt8]? }
    }

    static func keys(of people: Set<UserID>, _ database: FencedDatabase) async throws -> [UserID: [UInt8]] {
        people.isEmpty ? [:] : try keys(await database.query(selection(of: Array(people))))
    }

    private static func selection(of people: [UserID]) -> SQL {
        "SELECT user_id, key FROM person_keys WHERE user_id = ANY(\(PostgresArray(people)))"
    }

    /// Erases for ever what the audit log keeps of a person.
    static func destroy(_ person: UserID, of tenant: TenantID, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO person_keys (user_id, tenant_id, key) VALUES (\(person), \(tenant), NULL)
            ON CONFLICT (user_id) DO UPDATE SET key = NULL
            """
        )
    }
}

extension Change {
    /// A change of a user as it may leave this database: who the person is only their key can tell.
    func sealed(of person: UserID, in tenant: TenantID, _ tx: Transaction) async throws -> Change {
        guard let fields else { return self }
        let rows = try await tx.pipeline(PersonKeys.statements(for: [person], of: tenant)).last ?? []
        var change = self
        change.fields = try PersonalSeal.seal(changes: fields, of: person, PersonKeys.keys(rows)[person])
        return change
    }
}

extension AuditRecorded {
    /// As the log keeps it.
    func sealed(_ keys: [UserID: [UInt8]]) throws -> AuditRecorded {
        var entry = self
        if let user {
            entry.address = try address.map { try PersonalSeal.seal($0, of: user, keys[user]) }
            entry.userAgent = try userAgent.map { try PersonalSeal.seal($0, of: user, keys[user]) }
        }
        if let subject = PersonKeys.subject(resourceType, resourceID), let changes {
            entry.changes = try PersonalSeal.seal(changes: changes, of: subject, keys[subject])
        }
        return entry
    }
}
