import ArgumentParser
import Commands
import Foundation
import Identifiers
import Postgres
import ServiceKit

/// `dcmms-auth verify-audit FILE --checkpoint FILE`.
struct VerifyAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dcmms-auth verify-audit",
        abstract:
            "Prove that nothing in the audit log was changed, deleted, moved or added; exit status 1 when something was.",
        discussion: """
            From a file: an export of the whole log as JSON lines, and a checkpoint, or a list of them, as the API answers. \
            Nothing else is needed, unless entries were dropped after their seven years: then --after proves where the rest \
            begins (GET /api/v1/audit/cuts). Compare the key with one that you know from another source (GET /api/v1/audit/keys), \
            or name it with --key.

            From the database at DATABASE_URL: with --database, all chains, as the daemon's own role.
            """
    )

    @Argument(help: "The export; - is the standard input.")
    var file: String?

    @Option(help: "A file with checkpoints of the same tenant.")
    var checkpoint: String?

    @Option(help: "A file with the signed cut that the export begins after, when older entries have been dropped.")
    var after: String?

    @Option(help: "The key (kid) that must have signed the checkpoints.")
    var key: String?

    @Flag(help: "Verify the database at DATABASE_URL.")
    var database = false

    func validate() throws {
        guard database != (file != nil) else { throw ValidationError("give either a file or --database") }
        guard database || checkpoint != nil else {
            throw ValidationError("--checkpoint is missing: without it, the end of the log could have been cut off")
        }
    }

    func run() async throws {
        do {
            if database { try await verifyDatabase() } else { try verifyFile() }
        } catch let fault as AuditVerifier.Fault {
            print("not intact: \(fault)")
            throw ExitCode(1)
        } catch let fault as CheckpointFile.Fault {
            print("not verified: \(fault)")
            throw ExitCode(1)
        }
    }

    private func verifyFile() throws {
        let checkpoints = try CheckpointFile.read(checkpoint ?? "", key: key)
        let cut = try after.map { try CutFile.read($0, key: key) }
        guard let last = checkpoints.max(by: { $0.entries < $1.entries }) else { throw CheckpointFile.Fault.empty }
        var verifier = try AuditVerifier(last.tenant, after: cut, checkpoints: checkpoints)
        let input = file == "-" ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(filePath: file ?? ""))
        try verifier.check(linesOf: input)
        try verifier.finish()
        print(verifier.summary)
        print("signed with \(Set(checkpoints.map(\.kid)).sorted().joined(separator: ", "))")
    }

    private func verifyDatabase() async throws {
        let environment = Environment()
        let url = environment.url(.database, schemes: ["postgres", "postgresql"])
        try environment.check()
        let database = Database(url: url, maximumConnections: 1)
        var faults = 0
        for tenant in try await AuditReader(database: database).chains() {
            do {
                print(try await AuditVerifier.verify(tenant, in: database, key: key).summary)
            } catch let fault as AuditVerifier.Fault {
                print("not intact: the chain of \(tenant.name): \(fault)")
                faults += 1
            } catch let fault as CheckpointFile.Fault {
                print("not verified: the chain of \(tenant.name): \(fault)")
                faults += 1
            }
        }
        await database.close()
        if faults > 0 { throw ExitCode(1) }
    }
}

/// A file with one checkpoint, or with a page of them.
enum CheckpointFile {
    enum Fault: Error, CustomStringConvertible {
        case unreadable(String)
        case forged(Int64)
        case forgedCut(Int64)
        case otherKey(String)
        case empty

        var description: String {
            switch self {
            case .unreadable(let path): "\(path) holds none of what it should"
            case .forged(let entries): "the signature of the checkpoint at \(entries) is wrong"
            case .forgedCut(let entries): "the signature of the cut at \(entries) is wrong"
            case .otherKey(let kid): "a checkpoint was signed with another key, \(kid)"
            case .empty: "there is no checkpoint"
            }
        }
    }

    /// - Returns: Those whose signatures are right.
    static func read(_ path: String, key: String?) throws -> [AuditCheckpoint] {
        let bytes = try Data(contentsOf: URL(filePath: path))
        let page = try? JSONReader.decode(Page<CheckpointResponse>.self, from: bytes)
        let items = try page?.items ?? [JSONReader.decode(CheckpointResponse.self, from: bytes)]
        return try items.map { item in
            guard let signed = item.signed else { throw Fault.unreadable(path) }
            return try verified(signed, key: key)
        }
    }

    static func verified(_ signed: SignedCheckpoint, key: String?) throws -> AuditCheckpoint {
        guard signed.isGenuine else { throw Fault.forged(signed.checkpoint.entries) }
        guard key == nil || key == signed.checkpoint.kid else { throw Fault.otherKey(signed.checkpoint.kid) }
        return signed.checkpoint
    }
}

/// A file with one cut, or with a page of them.
enum CutFile {
    /// - Returns: The newest one, if all their signatures are right.
    static func read(_ path: String, key: String?) throws -> AuditCut {
        let bytes = try Data(contentsOf: URL(filePath: path))
        let page = try? JSONReader.decode(Page<CutResponse>.self, from: bytes)
        let items = try page?.items ?? [JSONReader.decode(CutResponse.self, from: bytes)]
        let cuts = try items.map { item in
            guard let signed = item.signed else { throw CheckpointFile.Fault.unreadable(path) }
            return try verified(signed, key: key)
        }
        guard let newest = cuts.max(by: { $0.entries < $1.entries }) else {
            throw CheckpointFile.Fault.unreadable(path)
        }
        return newest
    }

    static func verified(_ signed: SignedCut, key: String?) throws -> AuditCut {
        guard signed.isGenuine else { throw CheckpointFile.Fault.forgedCut(signed.cut.entries) }
        guard key == nil || key == signed.cut.kid else { throw CheckpointFile.Fault.otherKey(signed.cut.kid) }
        return signed.cut
    }
}

extension TenantID? {
    fileprivate var name: String { self.map { "tenant \($0)" } ?? "what concerns no tenant" }
}

extension AuditVerifier {
    fileprivate var summary: String {
        "intact: \(head.entries) entries of \(tenant.name), of which a signed checkpoint confirms \(confirmed)"
            + (begin > 0 ? "; the first \(begin) were dropped after \(AuditCut.years) years, as a signed cut says" : "")
    }
}
