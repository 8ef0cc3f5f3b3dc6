import LocalServers

/// The ports: by default, or as `DCMMS_<NAME>_PORT` says.
struct Ports: Sendable {
    private var numbers: [String: Int] = [:]

    struct Malformed: Error, Equatable, CustomStringConvertible {
        let variable: String
        let value: String
        var description: String { "\(variable) is \"\(value)\": a port is a number from 1 to 65535" }
    }

    init(defaults: [String: Int], environment: [String: String]) throws(Malformed) {
        for (name, number) in defaults {
            let variable = "DCMMS_\(name.variable)_PORT"
            guard let value = environment[variable], !value.isEmpty else {
                numbers[name] = number
                continue
            }
            guard let chosen = Int(value), (1...65_535).contains(chosen) else {
                throw Malformed(variable: variable, value: value)
            }
            numbers[name] = chosen
        }
    }

    /// The port of a server or daemon of the stack.
    subscript(name: String) -> Int {
        guard let number = numbers[name] else { preconditionFailure("\(name) is not in the stack's tables") }
        return number
    }
}
