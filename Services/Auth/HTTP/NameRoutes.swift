import Commands
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// `/api/v1/users/names`: who the people are that something else refers to.
///
/// Whoever reads a permit to work has to know who has issued it, also without the right to read people. So everybody of a tenant can ask for the
/// names of people whose ids they have got, and for nothing else about them: nobody can list people here, and ids can't be guessed.
struct NameRoutes: Sendable {
    let directory: Directory

    func all() throws -> [Route] {
        try [Route(.post, "/users/names", "Read the names of people", .anyone, .readsOnly, use: names)]
    }

    struct Names: Input {
        var ids: [UserID]

        static let rules: Rules = ["ids": .items(1...200).means("Whose names; those that nobody has are left out")]
    }

    struct NamesResponse: Answer, Codable {
        struct Name: Codable, Sendable {
            var id: UserID
            /// As others see the person.
            var displayName: String
            /// Whether their data were erased: the name is a placeholder then.
            var isErased: Bool
        }

        var people: [Name]
    }

    @Sendable func names(_ call: Call<Names>) async throws -> NamesResponse {
        let people = try await directory.named(call.input.ids, tenant: call.principal.tenant)
        return NamesResponse(
            people: people.map { .init(id: $0.id, displayName: $0.displayName, isErased: $0.erasedAt != nil) }
        )
    }
}
