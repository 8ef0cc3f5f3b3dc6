import Access
import Commands

/// The matrix of roles and features (`Policies/matrix.csv`): what the roles of every tenant permit.
///
/// A row is a feature, a column a role. The permissions of a feature that only shows something are in the column `read`, the others in
/// `write`; `issue` says with which issue the routes of the feature come. A cell is a letter, and after a colon words that limit it: `F` full,
/// `W` create and change, `A` only what is assigned to the person, `R` read, `C` read without costs, `N` nothing. The rows on top are about
/// the roles themselves.
struct Matrix: Sendable {
    struct Feature: Hashable, Sendable {
        var id: String
        var area: String
        var name: String
        /// What a cell grants that lets people only look.
        var read: [Permission]
        /// What a cell grants besides that, if it lets people change something.
        var write: [Permission]
        /// The issue that brings the feature's routes; `nil` when they are there.
        var issue: Int?
        /// By role.
        var cells: [String: Cell]
    }

    struct Cell: Hashable, Sendable {
        enum Level: String, Sendable {
            case full = "F"
            case write = "W"
            case assigned = "A"
            case read = "R"
            case readWithoutCosts = "C"
            case nothing = "N"
        }

        var level: Level
        /// `nil`: that of the role.
        var scope: GrantScope?
        var condition: GrantCondition?
    }

    struct Role: Hashable, Sendable {
        var name: String
        /// Where a cell reaches that does not say it.
        var scope: GrantScope
        /// How long a session lasts; `nil`: as long as any.
        var sessionHours: Int?
        /// After how many minutes a session ends that is not refreshed; `nil`: like any.
        var sessionIdleMinutes: Int?
        /// As people see it.
        var displayName: String?
        /// Whether its holders must log in with a second factor.
        var needsSecondFactor: Bool
        var grants: Set<Grant>
    }

    /// Counts the versions of the file. During a rollout, an instance of an older build does not undo a newer one.
    let version: Int
    let features: [Feature]
    let roles: [Role]

    /// - Throws: ``InvalidInput`` with all that is wrong, by feature and role.
    init(csv: String) throws {
        let rows = try CSVReader.rows(of: csv)
        let header = rows.first?.fields ?? []
        let names = Array(header.dropFirst(Self.columns))
        var errors = FieldErrors()
        errors.require(
            header.starts(with: ["id", "area", "feature", "read", "write", "issue"]) && !names.isEmpty,
            "matrix",
            .unreadable("must have the columns id, area, feature, read, write, issue and one for each role")
        )
        for row in rows where row.fields.count != header.count {
            errors.add("line \(row.line)", .unreadable("has \(row.fields.count) fields instead of \(header.count)"))
        }
        try errors.check()
        features = rows.dropFirst().filter { $0.fields[1] != Self.ofRoles }.map {
            Feature($0.fields, names, &errors)
        }
        let version = rows.first { $0.fields[1] == Self.ofRoles && $0.fields[2] == "version" }.flatMap {
            Int($0.fields[Self.columns - 1])
        }
        errors.require(version != nil, "version", .wholeNumber)
        self.version = version ?? 0
        var roles: [Role] = []
        for (column, name) in names.enumerated() {
            func attribute(_ name: String) -> String? {
                rows.first { $0.fields[1] == Self.ofRoles && $0.fields[2] == name }?.fields[Self.columns + column]
            }
            let scope = attribute("scope").flatMap(Cell.scope)
            errors.require(scope != nil, "scope: \(name)", .unreadable("must be a scope"))
            var role = Role(
                name: name,
                scope: scope ?? .own,
                sessionHours: attribute("session hours").flatMap { Int($0) },
                sessionIdleMinutes: attribute("idle minutes").flatMap { Int($0) },
                displayName: attribute("display name"),
                needsSecondFactor: attribute("second factor") == "yes",
                grants: []
            )
            for feature in features { role.grants.formUnion(feature.grants(to: role)) }
            roles.append(role)
        }
        self.roles = roles
        try errors.check()
    }

    /// The columns before those of the roles.
    private static let columns = 6
    /// The area of the rows about the roles themselves.
    private static let ofRoles = "Role"
}

extension Matrix.Feature {
    fileprivate init(_ fields: [String], _ roles: [String], _ errors: inout FieldErrors) {
        func permissions(_ text: String) -> [Permission] {
            text.split(separator: " ").compactMap { word in
                let known = Permission(rawValue: String(word))
                errors.require(known != nil, fields[0], .unreadable("\(word) is no permission"))
                return known
            }
        }
        id = fields[0]
        area = fields[1]
        name = fields[2]
        read = permissions(fields[3])
        write = permissions(fields[4])
        issue = Int(fields[5])
        cells = [:]
        for (role, text) in zip(roles, fields.dropFirst(6)) {
            let cell = Matrix.Cell(text)
            errors.require(cell != nil, "\(id): \(role)", .unreadable("\(text) is no cell"))
            cells[role] = cell
        }
    }

    /// What its cell grants to a role.
    func grants(to role: Matrix.Role) -> Set<Grant> {
        guard let cell = cells[role.name] else { return [] }
        let scope = role.scope(of: cell)
        let permissions =
            switch cell.level {
            case .nothing: [] as [Permission]
            case .read, .readWithoutCosts: read
            case .assigned, .write, .full: read + write
            }
        return Set(permissions.map { Grant($0, scope, if: cell.condition) })
    }
}

extension Matrix.Role {
    /// Its grants as they are stored, in one order.
    var texts: [GrantText] { grants.map(\.text).sorted() }

    /// How far one of its cells reaches.
    ///
    /// "All sites" of somebody who answers for some sites are these: only people whose scope is the whole tenant have all of them.
    func scope(of cell: Matrix.Cell) -> GrantScope {
        let named = cell.scope ?? scope
        return named == .tenant && scope != .tenant ? .sites : named
    }
}

extension Matrix.Cell {
    /// - Parameter text: As in the file: `F`, `A:assigned`, `R:own-site bess-only`.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let letter = parts.first, let level = Level(rawValue: String(letter)) else { return nil }
        self.level = level
        if level == .readWithoutCosts { condition = .withoutCosts }
        for word in parts.dropFirst().flatMap({ $0.split(separator: " ") }).map(String.init) {
            if let scope = Self.scope(word) {
                self.scope = scope
            } else if let condition = GrantCondition(rawValue: word) {
                self.condition = condition
                if condition == .assignedLimited { scope = .assigned }
            } else if !Self.remarks.contains(word) {
                return nil
            }
        }
    }

    /// The owner's words for scopes.
    fileprivate static func scope(_ word: String) -> GrantScope? {
        switch word {
        case "all", "all-sites", "portfolio": .tenant
        case "own-site", "monitored", "monitored-sites": .sites
        case "own-team": .team
        case "own", "personal": .own
        case "assigned", "assigned-wo", "wo-related", "wo-required", "from-wo": .assigned
        default: nil
        }
    }

    /// Words that limit nothing: `N:auto`, what only the system does; `N:upload-own`, which comes with uploads; all kinds of certificates.
    private static let remarks: Set<String> = ["auto", "upload-own", "all-certs"]
}
