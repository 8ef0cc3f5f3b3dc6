import Access
import Commands
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// `/api/v1/operations/fleet`: how every instance of every daemon does. The gateway answers it itself, since it reads the log anyway.
struct FleetRoutes: Sendable {
    let ingress: Ingress
    let board: FleetBoard

    private static let path = "/operations/fleet"

    /// The routes as the API's document has them.
    static func described() throws -> [Route] {
        let route = try Route(
            .get,
            path,
            "See how every instance of every daemon does",
            .requires(.platformRead),
            .refuses([.serviceUnavailable])
        ) { (_: Call<NoInput>) async throws -> FleetAnswer in throw Problem.noRoute }
        return [route]
    }

    func add(to router: Router<DaemonContext>) {
        let path = RouterPath("/api/v1\(Self.path)")
        router.get(path, use: read)
        router.on(path, method: .options) { request, _ in ingress.origins.preflight(request, methods: ["GET"]) }
    }

    @Sendable private func read(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let address = ingress.address(of: request, context)
        let token = try await ingress.token(of: request, from: address, context)
        let principal = try await ingress.admit(token, .read, from: address, context)
        try ingress.origins.requireOrigin(of: request, for: principal.tenant, context)
        try principal.require(.platformRead)
        if let name = request.uri.queryParameters.first?.key {
            throw InvalidInput(name.prefix(scalars: 64), .unknownParameter)
        }
        guard let instances = board.instances else {
            throw Problem(
                .serviceUnavailable,
                "fleet_unavailable",
                "what the daemons say is still being read",
                retryAfter: 2
            )
        }
        return try FleetAnswer(at: ingress.now(), instances: instances).response()
    }
}

/// The whole fleet.
struct FleetAnswer: Answer, Codable {
    /// The gateway's clock, which the times are to be compared with.
    var at: Date
    var instances: [FleetInstance]
}
