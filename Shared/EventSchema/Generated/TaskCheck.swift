// Made by `make events` from Schemas/workorder.state.v6.avsc: edit that instead.

/// What is asked for when a task is done. Numbers are decimals in plain digits, so that no digit is lost.
public struct TaskCheck: Codable, Hashable, Sendable {
    public var kind: TaskCheckKind
    /// Of `yes_no`: the answer that passes; `nil` if both do.
    public var passes: Bool?
    /// Of `choice`: what can be chosen.
    public var options: [String]
    /// Those of the options that fail.
    public var failing: [String]
    /// Of `number` and `meter`: the unit of the value.
    public var unit: String?
    /// Of `number`: the lowest value that passes.
    public var minimum: String?
    /// Of `number`: the highest value that passes.
    public var maximum: String?
    /// Of `meter`: which meter of the asset is read. Its readings do not fall.
    public var meter: String?

    public init(
        kind: TaskCheckKind,
        passes: Bool? = nil,
        options: [String] = [],
        failing: [String] = [],
        unit: String? = nil,
        minimum: String? = nil,
        maximum: String? = nil,
        meter: String? = nil
    ) {
        self.kind = kind
        self.passes = passes
        self.options = options
        self.failing = failing
        self.unit = unit
        self.minimum = minimum
        self.maximum = maximum
        self.meter = meter
    }
}
