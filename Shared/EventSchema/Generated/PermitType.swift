// Made by `make events` from Schemas/permit.changed.v1.avsc: edit that instead.

/// The danger that a permit to work is about.
public enum PermitType: EventEnumeration {
    case hotWork
    case confinedSpace
    case electricalLoto
    case mechanicalLoto
    case workingAtHeight
    case excavation
    case craneOperation
    case highVoltage
    case arcFlash
    case chemicalHandling
    case radiationWork
    case coldWork
    case generalWork
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [PermitType] = [
        .hotWork,
        .confinedSpace,
        .electricalLoto,
        .mechanicalLoto,
        .workingAtHeight,
        .excavation,
        .craneOperation,
        .highVoltage,
        .arcFlash,
        .chemicalHandling,
        .radiationWork,
        .coldWork,
        .generalWork,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "hot_work": self = .hotWork
        case "confined_space": self = .confinedSpace
        case "electrical_loto": self = .electricalLoto
        case "mechanical_loto": self = .mechanicalLoto
        case "working_at_height": self = .workingAtHeight
        case "excavation": self = .excavation
        case "crane_operation": self = .craneOperation
        case "high_voltage": self = .highVoltage
        case "arc_flash": self = .arcFlash
        case "chemical_handling": self = .chemicalHandling
        case "radiation_work": self = .radiationWork
        case "cold_work": self = .coldWork
        case "general_work": self = .generalWork
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .hotWork: "hot_work"
        case .confinedSpace: "confined_space"
        case .electricalLoto: "electrical_loto"
        case .mechanicalLoto: "mechanical_loto"
        case .workingAtHeight: "working_at_height"
        case .excavation: "excavation"
        case .craneOperation: "crane_operation"
        case .highVoltage: "high_voltage"
        case .arcFlash: "arc_flash"
        case .chemicalHandling: "chemical_handling"
        case .radiationWork: "radiation_work"
        case .coldWork: "cold_work"
        case .generalWork: "general_work"
        case .unknown: "unknown"
        }
    }
}
