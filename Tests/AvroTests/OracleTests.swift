import Foundation
import LocalServers
import TestSupport
import Testing

@testable import Avro

/// Compares our verdicts on pairs of schemas with those of Apache's implementation.
@Suite struct OracleTests {
    @Test func apacheAgreesOnWhichPairsAreReadable() async throws {
        let full = ProcessInfo.processInfo.environment["DCMMS_TEST_SCALE"] == "full"
        var random = Seeded(7)
        var pairs: [[String: Any]] = []
        var verdicts: [Bool] = []
        for _ in 0..<(full ? 50_000 : 2_000) {
            var names = 0
            let writer = Self.schema(&random, depth: 3, &names)
            // A changed copy of the writer's schema, or an unrelated schema.
            names = 0
            let reader =
                Int.random(in: 0..<10, using: &random) == 0
                ? Self.schema(&random, depth: 3, &names) : Self.changed(writer, &random)
            guard let written = try? Self.parse(writer), let known = try? Self.parse(reader) else { continue }
            pairs.append(["writer": writer, "reader": reader])
            verdicts.append(SchemaCompatibility.problems(writer: written, reader: known).isEmpty)
        }
        // The pairs must be mixed: if all or none were readable, the test would prove little.
        #expect(verdicts.count { $0 } > pairs.count / 10)
        #expect(verdicts.count { !$0 } > pairs.count / 10)

        let file = FileManager.default.temporaryDirectory.appending(path: "dcmms-oracle-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try JSONSerialization.data(withJSONObject: pairs).write(to: file)
        let ran = try await Python.run("Tests/Oracles/avro_compatibility.py", [file.path], needs: "avro")
        guard ran else { return }
        let answers = try JSONDecoder().decode([Bool].self, from: Data(contentsOf: file))
        for (index, answer) in answers.enumerated() where answer != verdicts[index] {
            Issue.record("Apache says \(answer) of \(pairs[index])")
        }
        #expect(answers.count == verdicts.count)
    }

    private static func parse(_ schema: Any) throws -> AvroSchema {
        try AvroSchema(json: JSONSerialization.data(withJSONObject: schema, options: .fragmentsAllowed))
    }

    // MARK: - Schemas

    private static let primitives = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]

    private static func schema(_ random: inout Seeded, depth: Int, _ names: inout Int) -> Any {
        names += 1
        let name = "n.N\(names)"
        switch Int.random(in: 0..<(depth > 0 ? 16 : 8), using: &random) {
        case 0..<8: return primitives.randomElement(using: &random) ?? "int"
        case 8: return ["type": "array", "items": schema(&random, depth: depth - 1, &names)]
        case 9: return ["type": "map", "values": schema(&random, depth: depth - 1, &names)]
        case 10: return ["type": "fixed", "name": name, "size": Int.random(in: 1...2, using: &random)]
        case 11:
            let count = Int.random(in: 1...4, using: &random)
            return ["type": "enum", "name": name, "symbols": Array(["A", "B", "C", "D"].prefix(count))]
        case 12:
            return Array(primitives.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random)))
        default:
            let fields = (0..<Int.random(in: 0...4, using: &random)).map { index in
                field("f\(index)", schema(&random, depth: depth - 1, &names), &random)
            }
            return ["type": "record", "name": name, "fields": fields] as [String: Any]
        }
    }

    private static func field(_ name: String, _ type: Any, _ random: inout Seeded) -> [String: Any] {
        var field: [String: Any] = ["name": name, "type": type]
        if Bool.random(using: &random) {
            switch type as? String {
            case "int", "long", "float", "double": field["default"] = 1
            case "string", "bytes": field["default"] = "x"
            case "boolean": field["default"] = true
            case "null": field["default"] = NSNull()
            default: break
            }
        }
        return field
    }

    /// The schema with a few of the changes that people typically make.
    private static func changed(_ schema: Any, _ random: inout Seeded) -> Any {
        func isChosen(_ random: inout Seeded) -> Bool { Int.random(in: 0..<6, using: &random) == 0 }
        if let name = schema as? String {
            guard isChosen(&random) else { return name }
            let wider = ["int": "long", "long": "double", "float": "double", "string": "bytes", "bytes": "string"]
            return Bool.random(using: &random) ? wider[name] ?? name : primitives.randomElement(using: &random) ?? name
        }
        if var branches = schema as? [Any] {
            if isChosen(&random), branches.count > 1 { branches.removeLast() }
            if isChosen(&random),
                let more = primitives.first(where: { !branches.compactMap { $0 as? String }.contains($0) })
            {
                branches.append(more)
            }
            return branches
        }
        guard var object = schema as? [String: Any] else { return schema }
        if isChosen(&random), let name = object["name"] as? String {
            object["name"] = name + "X"
            if Bool.random(using: &random) { object["aliases"] = [name] }
        }
        if let items = object["items"] { object["items"] = changed(items, &random) }
        if let values = object["values"] { object["values"] = changed(values, &random) }
        if let size = object["size"] as? Int, isChosen(&random) { object["size"] = size + 1 }
        if var symbols = object["symbols"] as? [String] {
            if isChosen(&random), symbols.count > 1 { symbols.removeLast() }
            object["symbols"] = symbols
            if isChosen(&random) { object["default"] = symbols[0] }
        }
        if var fields = object["fields"] as? [[String: Any]] {
            fields = fields.map { field in
                var field = field
                let type = field["type"] ?? "int"
                let other = changed(type, &random)
                field["type"] = other
                // A default that was valid for the old type may be invalid for the new one.
                if "\(type)" != "\(other)" { field["default"] = nil }
                if isChosen(&random), let name = field["name"] as? String {
                    field["name"] = name + "x"
                    if Bool.random(using: &random) { field["aliases"] = [name] }
                }
                return field
            }
            if isChosen(&random), !fields.isEmpty { fields.removeLast() }
            if isChosen(&random) { fields.append(self.field("more", "int", &random)) }
            object["fields"] = fields
        }
        return object
    }
}
