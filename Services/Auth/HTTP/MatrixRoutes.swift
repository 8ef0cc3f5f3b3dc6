import Access
import Commands
import HTTPTypes
import ServiceKit

/// `/api/v1/roles/matrix`: the matrix of roles and features, as this build has it.
struct MatrixRoutes: Sendable {
    func all() throws -> [Route] {
        let answer = MatrixResponse(try Matrix.committed())
        return [
            try Route(.get, "/roles/matrix", "Read the matrix of roles and features", .requires(.roleRead)) {
                (_: Call<NoInput>) in answer
            }
        ]
    }
}

/// What the roles of every tenant permit, feature by feature.
///
/// A tenant's own role of the same name replaces one of these; `GET /roles` has both.
struct MatrixResponse: Answer, Codable {
    struct Role: Codable, Sendable {
        var role: String
        var displayName: String?
        /// Where a cell reaches that does not say it.
        var scope: GrantScope
        var sessionHours: Int?
        var sessionIdleMinutes: Int?
        var requiresMfa: Bool
    }

    struct Feature: Codable, Sendable {
        var id: String
        var area: String
        var name: String
        /// Whether this version has it.
        var isAvailable: Bool
        /// What people need who only look.
        var read: [String]
        /// What people need who change something.
        var write: [String]
        /// The roles that may do something with it.
        var cells: [Cell]
    }

    struct Cell: Codable, Sendable {
        var role: String
        var level: Level
        var scope: GrantScope
        var condition: GrantCondition?
    }

    enum Level: String, Codable, CaseIterable, Sendable {
        /// Reads and changes.
        case full
        /// Creates and changes.
        case write
        /// Reads and changes what is assigned to the person.
        case assigned
        case read
        case readWithoutCosts = "read_without_costs"
    }

    /// Counts the versions of the matrix.
    var version: Int
    var roles: [Role]
    var features: [Feature]

    init(_ matrix: Matrix) {
        version = matrix.version
        roles = matrix.roles.map { role in
            Role(
                role: role.name,
                displayName: role.displayName,
                scope: role.scope,
                sessionHours: role.sessionHours,
                sessionIdleMinutes: role.sessionIdleMinutes,
                requiresMfa: role.needsSecondFactor
            )
        }
        features = matrix.features.map { feature in
            Feature(
                id: feature.id,
                area: feature.area,
                name: feature.name,
                isAvailable: feature.issue == nil,
                read: feature.read.map(\.rawValue),
                write: feature.write.map(\.rawValue),
                cells: matrix.roles.compactMap { role in
                    guard let cell = feature.cells[role.name], let level = Level(cell.level) else { return nil }
                    return Cell(
                        role: role.name,
                        level: level,
                        scope: role.scope(of: cell),
                        condition: cell.condition
                    )
                }
            )
        }
    }
}

extension MatrixResponse.Level {
    /// `nil`: the role may do nothing.
    fileprivate init?(_ level: Matrix.Cell.Level) {
        switch level {
        case .full: self = .full
        case .write: self = .write
        case .assigned: self = .assigned
        case .read: self = .read
        case .readWithoutCosts: self = .readWithoutCosts
        case .nothing: return nil
        }
    }
}
