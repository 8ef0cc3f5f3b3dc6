import ServiceKit

/// `GET /workorders/{id}/history`
struct HistoryResponse: Answer, Codable {
    var items: [HistoryEntry]
}
