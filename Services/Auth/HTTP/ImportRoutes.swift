import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/users/import`: many people at once, as an operator begins.
struct ImportRoutes: Sendable {
    let directory: Directory
    let roles: Roles
    let links: AccountLinks
    var stepUp = Duration.seconds(300)
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner {
        CommandRunner("auth", directory.database, now: now, refusal: Refusal.init)
    }

    func all() throws -> [Route] {
        [try Route(.post, "/users/import", "Import users from CSV", .requires(.userCreate), use: importUsers)]
    }

    struct ImportUsers: Input {
        var csv: String
        var sendsInvitations: Bool?
        var onlyChecks: Bool?

        static let rules: Rules = [
            "csv": .text(1...200_000).means(
                "The first line names the columns: email, code, displayName (or firstName and lastName), phone, roles, siteIds, assetIds, teamId, employment, skills"
            ).example("email,firstName,lastName,roles\nanna@sunfield.example,Anna,Berg,supervisor\n"),
            "sendsInvitations": .means("Whether everybody gets an invitation by mail; the default is true"),
            "onlyChecks": .means("Whether nobody is created: the answer shows what would be"),
        ]
    }

    struct ImportResponse: Answer, Codable {
        struct Imported: Codable, Sendable {
            /// Of the table.
            var line: Int
            /// `nil` if the table was only checked.
            var id: UserID?
            var email: String
            var displayName: String
            var roles: [String]
        }

        var items: [Imported]
    }

    /// All of them, or nobody: a table that was imported in part could not be sent again.
    @Sendable func importUsers(_ call: Call<ImportUsers>) async throws -> ImportResponse {
        let body = call.input
        let users = try await users(try UserTable(csv: body.csv), call)
        if body.onlyChecks == true {
            return ImportResponse(items: users.map { .init(line: $0, id: nil, $1) })
        }
        return try await commands.run(call) { act, tx in
            for (_, user) in users {
                try await directory.create(user, passwordHash: nil, by: act, tx)
                guard body.sendsInvitations != false else { continue }
                if let mail = try await links.issue(.invitation, to: user, by: act, tx) {
                    try tx.publish(mail, by: act)
                }
            }
            return ImportResponse(items: users.map { .init(line: $0, id: $1.id, $1) })
        }
    }

    /// - Throws: ``InvalidInput`` with the lines of the table that are wrong.
    private func users(_ table: UserTable, _ call: Call<ImportUsers>) async throws -> [(Int, User)] {
        let principal = try call.principal
        let known = try await roles.of(principal.tenant)
        let taken = try await directory.taken(table.lines.map(\.user.email))
        var errors = FieldErrors()
        var users: [(Int, User)] = []
        var isDelicate = false
        for line in table.lines {
            let user = line.user
            if taken.contains(user.email.lowercased()) {
                errors.add("line \(line.number): email", FieldRule(problem: "email_taken", "already belongs to a user"))
            }
            do {
                try user.check(givenBy: principal, known)
                // As for one user.
                if known.contains(where: { $0.requiresMfa && user.roles.contains($0.name) }) { isDelicate = true }
            } catch let error as Refusal {
                errors.add("line \(line.number): roles", error.problem.rule)
            } catch let problem as Problem {
                errors.add("line \(line.number): roles", problem.rule)
            }
            users.append((line.number, user.invited(into: principal.tenant, at: now())))
        }
        try errors.check()
        if isDelicate { try principal.requireProof(within: stepUp) }
        return users
    }
}

extension ImportRoutes.ImportResponse.Imported {
    fileprivate init(line: Int, id: UserID?, _ user: User) {
        self.init(line: line, id: id, email: user.email, displayName: user.displayName, roles: user.roles)
    }
}
