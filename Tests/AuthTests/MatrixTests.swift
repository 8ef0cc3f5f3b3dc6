import Access
import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Auth

/// The matrix of roles and features: the file, what its cells grant, and how it becomes the roles of every tenant.
@Suite struct MatrixTests {
    private let matrix: Matrix

    init() throws { matrix = try .committed() }

    private func grants(_ feature: String, _ role: String) throws -> Set<Grant> {
        let feature = try #require(matrix.features.first { $0.id == feature })
        return feature.grants(to: try #require(matrix.roles.first { $0.name == role }))
    }

    @Test func aCellGrantsWhatItSays() throws {
        for (feature, role, grant) in [
            ("WO01", "plant-manager", Grant(.workOrderRead, .sites)),
            ("WO01", "portfolio-manager", Grant(.workOrderRead, .sites)),
            ("WO01", "reliability-engineer", Grant(.workOrderRead, .tenant)),
            ("WO01", "scada-operator", Grant(.workOrderRead, .sites)),
            ("WO01", "contractor-om", Grant(.workOrderRead, .assigned)),
            ("WO02", "scada-operator", Grant(.workOrderCreate, .sites, if: .fromAlarms)),
            ("WO03", "wind-turbine-technician", Grant(.workOrderUpdate, .assigned, if: .assignedLimited)),
            ("WO03", "maintenance-supervisor", Grant(.workOrderUpdate, .team)),
            ("WO04", "om-coordinator", Grant(.workOrderDelete, .sites, if: .draftOnly)),
            ("WO05", "site-engineer", Grant(.workOrderApprove, .sites, if: .limitedAmount)),
            ("AS08", "bess-specialist", Grant(.telemetryRead, .sites, if: .bessOnly)),
            ("IN01", "contractor-oem", Grant(.partRead, .assigned, if: .withoutCosts)),
            ("SF05", "maintenance-supervisor", Grant(.permitApprove, .sites, if: .lotoOnly)),
            ("AD03", "ehs-officer", Grant(.userUpdate, .own)),
            ("AD08", "system-administrator", Grant(.tenantUpdate, .tenant)),
        ] as [(String, String, Grant)] {
            #expect(try grants(feature, role) == [grant], "\(feature) \(role)")
        }
        #expect(try grants("AD07", "plant-manager") == [Grant(.auditRead, .sites), Grant(.auditExport, .sites)])
        #expect(try grants("AD07", "site-engineer") == [Grant(.auditRead, .sites)])
        for (feature, role) in [("WO02", "contractor-om"), ("IN05", "bess-specialist"), ("AD06", "contractor-oem")] {
            #expect(try grants(feature, role).isEmpty, "\(feature) \(role)")
        }
    }

    /// Against the owner's own table, where it is at hand: every cell is the same, except those whose reading ADR 0036 explains.
    @Test func theFileIsTheOwnersMatrix() throws {
        let table = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../shared/spec/details/roles-and-features.csv"
        )
        guard let text = try? String(contentsOf: table, encoding: .utf8) else {
            print("SKIPPED: comparing the matrix with the owner's table, which is not at hand")
            return
        }
        let ours = try #require(EmbeddedFiles.all.first { $0.name == "matrix" }?.text)
        let (theirs, own) = (try CSVReader.rows(of: text), try CSVReader.rows(of: ours))
        #expect(theirs.count == 76 && theirs[0].fields.dropFirst(3) == own[0].fields.dropFirst(6))
        let readings: [String: Set<String>] = [
            "AS03": ["om-coordinator"], "SC06": ["maintenance-supervisor"], "AS08": ["bess-specialist"],
            "RP07": ["bess-specialist"], "SC08": assigned, "SF01": assigned, "SF02": assigned, "SF06": assigned,
        ]
        for row in theirs.dropFirst() {
            let cells = try #require(own.first { $0.fields[0] == row.fields[0] }?.fields)
            #expect(cells[1...2] == row.fields[1...2])
            for (column, role) in theirs[0].fields.enumerated().dropFirst(3) {
                let (cell, theirCell) = (cells[column + 3], row.fields[column])
                if readings[row.fields[0]]?.contains(role) == true {
                    #expect(cell.first == theirCell.first, "\(row.fields[0]) \(role)")
                } else {
                    #expect(cell == (theirCell == "U" ? "F" : theirCell), "\(row.fields[0]) \(role)")
                }
            }
        }
    }

    /// The roles to which nothing belongs but what is assigned to them.
    private var assigned: Set<String> { Set(matrix.roles.lazy.filter { $0.scope == .assigned }.map(\.name)) }

    @Test func everyPermissionIsInTheMatrix() {
        let granted = Set(matrix.features.flatMap { $0.read + $0.write })
        // Nobody of a tenant has those of the whole installation.
        #expect(granted == Set(Permission.allCases).subtracting(Permission.ofPlatform))
    }

    /// The administrator of the matrix can give each of its roles to somebody, and nobody else can.
    @Test func onlyTheAdministratorCoversEveryRole() throws {
        for giver in matrix.roles {
            let covers = matrix.roles.filter { Grants(giver.grants).cover(Grants($0.grants)) }.map(\.name)
            #expect((covers.count == 17) == (giver.name == "system-administrator"), "\(giver.name): \(covers)")
        }
        let manager = Grants(try #require(matrix.roles.first { $0.name == "plant-manager" }).grants)
        for name in ["field-technician-electrical", "maintenance-supervisor", "contractor-om"] {
            let role = try #require(matrix.roles.first { $0.name == name })
            #expect(manager.cover(Grants(role.grants)), "a plant manager gives \(name)")
        }
    }

    @Test func aWrongFileIsRefusedWithEveryFault() {
        let file = """
            id,area,feature,read,write,issue,cook,waiter
            ,Role,version,,,x,,
            ,Role,scope,,,,kitchen,all
            K1,Kitchen,Boil,workorder:boil,,,F,Q
            K2,Kitchen,Fry,,workorder:read,,F:twice,N
            """
        #expect {
            try Matrix(csv: file)
        } throws: { error in
            let fields = (error as? InvalidInput)?.errors.map(\.field) ?? []
            return Set(fields) == ["version", "scope: cook", "K1", "K1: waiter", "K2: cook"]
        }
        #expect(throws: InvalidInput.self) { try Matrix(csv: "id,area\nx") }
        #expect(throws: InvalidInput.self) { try Matrix(csv: "") }
    }

    // MARK: - As roles

    private static func act(_ now: Date = .noon) -> Act { Act(service: "auth", tenant: nil, cause: "test", time: now) }

    @Test func theRolesOfTheMatrixArePublishedAndChangesAreRecorded() async throws {
        try await withDatabase(.all) { database in
            func take(_ matrix: Matrix) async throws {
                try await database.ofEveryTenant.transaction { try await Roles.take(matrix, by: Self.act(), $0) }
            }
            func entries() async throws -> [String] {
                try await database.outbox(of: AuditRecorded.self).map(\.action)
            }
            try await take(matrix)
            #expect(try await entries() == Array(repeating: "ROLE_CREATED", count: 17))
            try await take(matrix)
            #expect(try await entries().count == 17)
            try await database.ofEveryTenant.transaction { try await Roles.publishAll(by: Self.act(), $0) }
            let published = try await database.outbox(of: RolePolicyState.self)
            for role in matrix.roles {
                let state = published.first { $0.key == "system/\(role.name)" }
                #expect(Set(state?.texts ?? []) == Set(role.grants.map(\.text)), "\(role.name)")
            }
            // A build with another file changes them, and one before it does not change them back.
            let file = try #require(EmbeddedFiles.all.first { $0.name == "matrix" }?.text)
            let newer = try Matrix(
                csv: file.replacing("version,,,\(matrix.version)", with: "version,,,\(matrix.version + 1)").replacing(
                    "F:draft-only",
                    with: "N"
                )
            )
            try await take(newer)
            #expect(try await entries().count { $0 == "ROLE_CHANGED" } == 3)
            try await take(matrix)
            #expect(try await entries().count == 20)
        }
    }
}
