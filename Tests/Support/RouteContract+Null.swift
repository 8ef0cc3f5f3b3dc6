public import Commands
import HTTPTypes
import ServiceKit
import Testing

extension RouteContract {
    /// Checks that `null` clears a field of a record, in every PATCH route and for every field that accepts `null`: a value that
    /// stays although the answer is 200 would be lost work for a person who meant to remove it.
    ///
    /// - Parameters:
    ///   - parameters: The parameters of the routes' paths, if necessary with the path before them: `/sites/{id}#id`; and with a field behind that, if only
    ///     another record takes it: `/sites/{id}#id?closedOn`.
    ///   - values: Values for fields whose example is not valid for this record, such as ids.
    public func nullClearsFields(
        _ parameters: [String: String],
        _ values: [String: JSONValue],
        _ client: ServiceClient
    ) async throws {
        let changing = routes.filter { $0.method == .patch }
        #expect(!changing.isEmpty, "\(service) has no PATCH route")
        for route in changing {
            // Of `version`, null means that the client saw none.
            for field in route.fields where field.isNullable && field.name != "version" {
                var known: [String: String] = [:]
                for name in route.parameters {
                    let ofRoute = "\(route.path)#\(name)"
                    known[name] = parameters["\(ofRoute)?\(field.name)"] ?? parameters[ofRoute] ?? parameters[name]
                }
                let value = values[field.name] ?? field.shape.example(onlyRequired: true)
                let set = try await client.send(route, parameters: known, adding: [field.name: value])
                #expect(set.status == .ok, "\(route.name) with \(field.name): \(set.text)")
                #expect(try holds(field.name, set), "\(route.name) sets \(field.name): \(set.text)")
                let cleared = try await client.send(route, parameters: known, adding: [field.name: .null])
                #expect(cleared.status == .ok, "\(route.name) with null for \(field.name): \(cleared.text)")
                #expect(try !holds(field.name, cleared), "\(route.name) clears \(field.name): \(cleared.text)")
            }
        }
    }

    /// Whether a record in the answer has a value in the field.
    private func holds(_ field: String, _ answer: ServiceAnswer) throws -> Bool {
        func holds(_ value: JSONValue) -> Bool {
            if let elements = value.elements { return elements.contains(where: holds) }
            guard let members = value.members else { return false }
            return members.contains { $0.key == field && $0.value != .null || holds($0.value) }
        }
        return holds(try JSONReader.read(Array(answer.text.utf8)))
    }
}
