import Foundation
import LocalServers
import Testing

/// Schemas that are small to send but would be large or slow to process.
@Suite struct RegistryAttackTests {
    @Test func noSchemaFillsTheMemoryOrBlocksTheNode() async throws {
        let registry = try await RegistryProcess()
        let ask = registry.asker
        // By their names, records can be nested deeper than JSON's brackets, and deeper than a stack.
        let chain = record("R0") + "," + (1..<2000).map { record("R\($0)", #""R\#($0 - 1)""#) }.joined(separator: ",")
        let deep = try await ask.register("deep", "[\(chain)]")
        #expect(deep.message.contains("nests more than"))

        // Each default would contain every field of the record.
        let fields = (0..<2000).map { #"{"name":"f\#($0)","type":"int","default":0}"# }.joined(separator: ",")
        let inner = #"{"name":"first","type":{"type":"record","name":"Inner","fields":[\#(fields)]}}"#
        let defaults = (0..<2000).map { #"{"name":"d\#($0)","type":"Inner","default":{}}"# }.joined(separator: ",")
        let wide = try await ask.register(
            "wide",
            #"{"type":"record","name":"Outer","fields":[\#(inner),\#(defaults)]}"#
        )
        #expect(wide.message.contains("too many values"))

        // Every branch is compared with every other one.
        let unions = ["A", "B"].map { name in
            "[" + (0..<3000).map { record("\(name)\($0)") }.joined(separator: ",") + "]"
        }
        #expect(try await ask.register("union", unions[0]).id != nil)
        #expect(try await ask.register("union", unions[1]).message.contains("too large"))

        // Every problem is reported with its path.
        let long = String(repeating: "x", count: 300_000)
        let lacking = (0..<5000).map { #"{"name":"f\#($0)","type":"int"}"# }.joined(separator: ",")
        let paths = ["", lacking].map { fields in
            let type = #"{"type":"record","name":"S","fields":[\#(fields)]}"#
            return #"{"type":"record","name":"R","fields":[{"name":"\#(long)","type":\#(type)}]}"#
        }
        #expect(try await ask.register("path", paths[0]).id != nil)
        #expect(try await ask.register("path", paths[1]).message.contains("too large"))

        // A union of a hundred events is not an attack: it is compared completely.
        let fleet = "[" + (0..<100).map { record("E\($0)") }.joined(separator: ",") + "]"
        #expect(try await ask.register("fleet", fleet).id != nil)
        let other = try await ask.register("fleet", fleet.replacing(#""E99""#, with: #""E100""#))
        #expect(other.message.contains("none of the reader's union"))

        let memory = try peakMemory(of: registry.process.pid)
        #expect(memory < 400 << 20, "\(memory >> 20) MB")
        await registry.kill()
    }

    private func record(_ name: String, _ type: String? = nil) -> String {
        let fields = type.map { #"{"name":"f","type":\#($0)}"# } ?? ""
        return #"{"type":"record","name":"\#(name)","fields":[\#(fields)]}"#
    }
}
