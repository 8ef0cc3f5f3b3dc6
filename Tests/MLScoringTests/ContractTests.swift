import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import MLScoring

/// Checks that apply to every route of this service.
@Suite struct ContractTests {
    @Test func theAPIDocumentIsUpToDate() async throws {
        try await withScoring { client, _, _ in
            try RouteContract("ml-scoring", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesUnauthorizedAndInvalidRequests() async throws {
        try await withScoring { client, _, _ in
            try await RouteContract("ml-scoring", client.routes).refusesStrangersAndNonsense(client)
        }
    }

    @Test func everyRouteHidesOtherTenants() async throws {
        try await withScoring { client, _, asset in
            try await RouteContract("ml-scoring", client.routes).hidesOtherTenants(["id": asset.description], client)
        }
    }

    @Test func everyTableHidesOtherTenantsRows() async throws {
        try await withDatabase(.all) { try await TenantFence(unfenced: []).check($0) }
    }
}
