import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/audit`: what was done in the tenant, newest first, and the signed checkpoints that prove it.
struct AuditRoutes: Sendable {
    let log: AuditLog
    let checkpoints: AuditCheckpoints
    let verification: AuditVerification
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("auth", log.database, now: now) }

    func all() throws -> [Route] {
        [
            try Route(.get, "/audit", "List the audit log", .requires(.auditRead), .sensitive, use: list),
            try Route(
                .get,
                "/audit/export",
                "Export the audit log, oldest first, as lines of JSON or CSV",
                .requires(.auditExport),
                use: export
            ),
            try Route(
                .get,
                "/audit/checkpoints",
                "List the signed checkpoints of the audit log",
                .requires(.auditRead),
                use: listCheckpoints
            ),
            try Route(
                .post,
                "/audit/checkpoints",
                "Sign the audit log as it is now",
                .requires(.auditExport),
                use: createCheckpoint
            ),
            try Route(
                .get,
                "/audit/verification",
                "Verify the audit log against its hashes and signed checkpoints",
                .requires(.auditRead),
                .refuses([.tooManyRequests]),
                use: verify
            ),
            try Route(
                .get,
                "/audit/cuts",
                "List the signed cut behind which the audit log begins, once entries were dropped after seven years",
                .requires(.auditRead),
                use: listCuts
            ),
            try Route(
                .get,
                "/audit/keys",
                "Read the public keys that verify the checkpoints",
                .anyone,
                use: keys
            ),
        ]
    }

    @Sendable func list(_ call: Call<Paged<AuditFilter>>) async throws -> Page<AuditLog.Entry> {
        let page = call.input
        let entries = try await log.entries(
            of: try call.principal.tenant,
            within: try call.reach,
            matching: page.filter,
            before: try page.position(as: Int64.self),
            limit: page.limit + 1
        )
        return try Page(entries, limit: page.limit) { $0.id }
    }

    // MARK: - Export

    struct ExportQuery: Input {
        var filter: AuditFilter
        var format: AuditExport.Format

        private enum CodingKeys: CodingKey { case format }

        init(from decoder: any Decoder) throws {
            filter = try AuditFilter(from: decoder)
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            format = try fields.decodeIfPresent(AuditExport.Format.self, forKey: .format) ?? .jsonl
        }

        static let rules: Rules = AuditFilter.rules.merging([
            "format": .means(
                "`jsonl` (the default) can be verified with `dcmms-auth verify-audit`, `csv` is for spreadsheets"
            )
        ]) { $1 }

        func check(_ errors: inout FieldErrors) { filter.check(&errors) }
    }

    private struct Exported: Encodable {
        var format: AuditExport.Format
        var filter: AuditFilter
        /// The last entry that there was.
        var upTo: Int64
    }

    /// The entries that there are at this moment. It is recorded before the first one leaves.
    @Sendable func export(_ call: Call<ExportQuery>) async throws -> AuditExport {
        let tenant = try call.principal.tenant
        let reach = try call.reach
        let query = call.input
        let last = try await AuditReader(database: log.database).head(of: tenant).entries
        let note = Exported(format: query.format, filter: query.filter, upTo: last)
        try await log.noteExport(
            Change("AUDIT_EXPORTED", "audit", tenant, before: nil, after: note),
            by: Act(call.context, of: "auth", at: now())
        )
        return AuditExport(format: query.format) {
            try await log.lines(of: tenant, within: reach, matching: query.filter, after: $0, upTo: last)
        }
    }

    // MARK: - Checkpoints

    @Sendable func listCheckpoints(_ call: Call<Paged<NoInput>>) async throws -> Page<CheckpointResponse> {
        let principal = try call.principal
        // A checkpoint tells how much is done in the whole tenant.
        try principal.authority.requireTenantWide(.auditRead)
        let found = try await AuditCheckpoints.list(
            log.database,
            of: principal.tenant,
            before: try call.input.position(as: Date.self),
            limit: call.input.limit + 1
        )
        return try Page(found.map(CheckpointResponse.init), limit: call.input.limit) { $0.at }
    }

    /// Who takes the log out of the system needs a checkpoint of the same time.
    @Sendable func createCheckpoint(_ call: Call<NoInput>) async throws -> Created<CheckpointResponse> {
        let principal = try call.principal
        try principal.authority.requireTenantWide(.auditExport)
        return try await commands.run(call) { act, tx in
            let signed = CheckpointResponse(try await checkpoints.sign(principal.tenant, at: act.time, tx))
            try tx.record(
                Change("AUDIT_CHECKPOINT_CREATED", "audit-checkpoint", signed.entries, before: nil, after: signed),
                by: act
            )
            return Created(signed)
        }
    }

    struct VerificationQuery: Input {
        var cursor: String?

        static let rules: Rules = [
            "cursor": .line(1...1024).means("The `nextCursor` of the part before; omit it to begin")
        ]
    }

    /// One part of the chain, so that no request takes long.
    @Sendable func verify(_ call: Call<VerificationQuery>) async throws -> AuditVerdict {
        let principal = try call.principal
        try principal.authority.requireTenantWide(.auditRead)
        let position = try call.input.cursor.map(AuditVerdict.Position.init(cursor:))
        return try await verification.verify(principal.tenant, from: position)
    }

    @Sendable func listCuts(_ call: Call<Paged<NoInput>>) async throws -> Page<CutResponse> {
        let principal = try call.principal
        try principal.authority.requireTenantWide(.auditRead)
        let found = try await AuditCuts.list(
            log.database,
            of: principal.tenant,
            before: try call.input.position(as: Int64.self),
            limit: call.input.limit + 1
        )
        return try Page(found.map(CutResponse.init), limit: call.input.limit) { $0.entries }
    }

    struct KeysResponse: Answer, Codable {
        struct Key: Codable, Sendable {
            /// SHA-256 of the public key, in hexadecimal.
            var kid: String
            var algorithm = "Ed25519"
            /// In Base64.
            var publicKey: String
            var createdAt: Date
        }

        var items: [Key]
    }

    @Sendable func keys(_ call: Call<NoInput>) async throws -> KeysResponse {
        let keys = try await AuditCheckpoints.publicKeys(log.database)
        return KeysResponse(
            items: keys.map {
                .init(
                    kid: $0.kid,
                    publicKey: Data($0.publicKey).base64EncodedString(),
                    createdAt: $0.createdAt
                )
            }
        )
    }
}
