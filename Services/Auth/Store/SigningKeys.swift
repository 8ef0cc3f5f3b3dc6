import EventSchema
import Foundation
import Messaging
import Postgres

/// The keys that sign access tokens. All instances share them; what has to be done is done by the first that notices.
struct SigningKeys: Sendable {
    let database: Database
    var algorithm = SigningAlgorithm.rs256
    var plan = KeyPlan()

    /// Makes and forgets keys as planned, and publishes it. Returns all keys.
    func turn(at now: Date) async throws -> [SigningKey] {
        // Most often there is nothing to do, and then nothing is locked.
        let keys = try await read(database.ofEveryTenant.query(Self.selection))
        guard !plan.steps(keys.map(\.times), at: now).isEmpty else { return keys }
        return try await database.ofEveryTenant.transaction { tx in
            try await tx.execute("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE")
            let act = Act(service: "auth", tenant: nil, cause: "rotation of the signing keys", time: now)
            var keys = try await read(tx.query(Self.selection))
            for step in plan.steps(keys.map(\.times), at: now) {
                switch step {
                case .make(let activeFrom):
                    let key = try SigningKey.generate(algorithm, activeFrom: activeFrom, at: now)
                    try await tx.execute(.insert("signing_keys", key))
                    let times = ["activeFrom": activeFrom]
                    try tx.record(
                        Change("SIGNING_KEY_MADE", "signing_key", key.kid, before: nil, after: times),
                        [try key.state()],
                        by: act
                    )
                    keys.append(key)
                case .forget(let kid):
                    try await tx.execute("DELETE FROM signing_keys WHERE kid = \(kid)")
                    let times = keys.first { $0.kid == kid }.map { ["activeFrom": $0.activeFrom] }
                    keys.removeAll { $0.kid == kid }
                    try tx.publishDeletion(of: SigningKeyState.self, key: kid, by: act)
                    try tx.record(
                        Change("SIGNING_KEY_FORGOTTEN", "signing_key", kid, before: times, after: nil),
                        by: act
                    )
                }
            }
            return keys
        }
    }

    private static let selection: SQL = "SELECT * FROM signing_keys ORDER BY active_from, kid"

    private func read(_ rows: [Row]) throws -> [SigningKey] { try rows.decode() }
}
