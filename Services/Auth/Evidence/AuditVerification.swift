import Identifiers
import Postgres
import Synchronization

/// Verifies the chain of a tenant in the database, as it is now: a part of it at a time.
///
/// A chain has no limit, and a request has: each part answers how far everything agrees, and where the next one begins.
struct AuditVerification: Sendable {
    let database: Database
    /// After how many entries a part ends.
    let entries: Int
    /// After which time a part ends, however few entries it has.
    var time = Duration.seconds(5)
    private let running = Running()

    init(database: Database, entries: Int = 20_000) {
        self.database = database
        self.entries = entries
    }

    /// - Throws: ``Refusal/verifying`` while a part of the same chain is verified.
    func verify(_ tenant: TenantID, from position: AuditVerdict.Position?) async throws -> AuditVerdict {
        guard running.begin(tenant) else { throw Refusal.verifying }
        defer { running.end(tenant) }
        let end = ContinuousClock.now + time
        // Before the head, which is never behind it unless entries are gone.
        let farthest = try await AuditCheckpoints.farthest(database, of: tenant)
        let head = try await AuditReader(database: database).head(of: tenant)
        var found = Part(AuditVerdict.Position(), total: head.entries)
        do {
            try await start(&found, of: tenant, from: position, upTo: head)
            try await check(&found, of: tenant, upTo: head, until: end)
            guard found.position.entries >= head.entries else { return found.verdict(goesOn: true) }
            if let farthest = farthest?.checkpoint, farthest.entries > head.entries {
                throw AuditVerifier.Fault.truncated(from: head.entries + 1, to: farthest.entries)
            }
            guard found.position.head?.hash == head.hash else { throw AuditVerifier.Fault.changed(id: head.entries) }
            return found.verdict(goesOn: false)
        } catch let fault as AuditVerifier.Fault {
            return found.verdict(AuditVerdict.Fault(fault))
        } catch let fault as CheckpointFile.Fault {
            guard let fault = AuditVerdict.Fault(fault) else { throw fault }
            return found.verdict(fault)
        }
    }

    /// What has been found so far.
    private struct Part {
        var position: AuditVerdict.Position
        var total: Int64

        init(_ position: AuditVerdict.Position, total: Int64) { (self.position, self.total) = (position, total) }

        func verdict(_ fault: AuditVerdict.Fault? = nil, goesOn: Bool = false) -> AuditVerdict {
            AuditVerdict(position, of: total, fault, goesOn: goesOn)
        }
    }

    /// Where the part begins: behind the one before, or where the chain begins.
    private func start(
        _ found: inout Part,
        of tenant: TenantID,
        from position: AuditVerdict.Position?,
        upTo head: AuditHead
    )
        async throws
    {
        let signed = try await AuditCuts.list(database, of: tenant, limit: 1).first
        // Months may have been dropped since the part before: then what is left begins behind them.
        if let position, position.entries >= signed?.cut.entries ?? 0 {
            guard position.entries <= head.entries else { throw AuditVerdict.Position.unknown }
            found.position = position
            return
        }
        guard let cut = try signed.map({ try CutFile.verified($0, key: nil) }) else { return }
        let verifier = try AuditVerifier(tenant, after: cut, checkpoints: [])
        found.position = AuditVerdict.Position(after: verifier.head)
    }

    private func check(
        _ found: inout Part,
        of tenant: TenantID,
        upTo head: AuditHead,
        until end: ContinuousClock.Instant
    )
        async throws
    {
        let reader = AuditReader(database: database)
        let start = found.position
        guard let first = start.head else { throw AuditVerdict.Position.unknown }
        var verifier = AuditVerifier(tenant, after: first, begin: start.begin, confirmed: start.confirmed)
        // One at the cut itself belongs to the first part.
        var compared = start.entries == start.begin ? start.entries - 1 : start.entries
        while verifier.head.entries < head.entries {
            let lines = try await reader.lines(
                of: tenant,
                after: verifier.head.entries,
                upTo: head.entries,
                limit: min(AuditReader.batchSize, entries)
            )
            guard let last = lines.last else {
                throw AuditVerifier.Fault.truncated(from: verifier.head.entries + 1, to: head.entries)
            }
            let checkpoints = try await checkpoints(of: tenant, at: compared + 1...last.record.id)
            verifier.expect(checkpoints)
            compared = last.record.id
            // The faulty entry is not counted, those before it are.
            defer { found.position.take(verifier, checkpoints, first: lines.first) }
            for line in lines { try verifier.check(line) }
            if verifier.head.entries - start.entries >= Int64(entries) || ContinuousClock.now >= end { return }
        }
    }

    private func checkpoints(of tenant: TenantID, at entries: ClosedRange<Int64>) async throws -> [AuditCheckpoint] {
        var checkpoints: [AuditCheckpoint] = []
        for signed in try await AuditCheckpoints.list(database, of: tenant, at: entries) {
            checkpoints.append(try CheckpointFile.verified(signed, key: nil))
            // A signature takes as long as the hashes of hundred entries: others have their turn.
            if checkpoints.count.isMultiple(of: 100) { await Task.yield() }
        }
        return checkpoints
    }

    /// The tenants whose chain is being verified by this instance.
    private final class Running: Sendable {
        private let tenants = Mutex<Set<TenantID>>([])

        func begin(_ tenant: TenantID) -> Bool { tenants.withLock { $0.insert(tenant).inserted } }
        func end(_ tenant: TenantID) { _ = tenants.withLock { $0.remove(tenant) } }
    }
}
