"""The process an imported form starts with, as BPMN with its drawing: one person checks and decides."""

from __future__ import annotations

PROCESS = """\
<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
                  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
                  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
                  xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
                  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                  xmlns:lz="urn:laufzettel:bpmn:1"
                  id="{id}_definitionen" targetNamespace="urn:laufzettel:leistung:{slug}">
  <bpmn:process id="{id}" name="{name}" isExecutable="true">
    <bpmn:startEvent id="eingang" name="Antrag eingegangen">
      <bpmn:outgoing>f_eingang</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="pruefung" name="Antrag prüfen und entscheiden"
        lz:unit="{unit}" lz:role="clerk" lz:form="entscheidung" lz:result="entscheidung" lz:due="P14D"
        lz:labelDe="Prüfung Ihres Antrags" lz:labelEn="Check of your application">
      <bpmn:incoming>f_eingang</bpmn:incoming>
      <bpmn:outgoing>f_geprueft</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:exclusiveGateway id="weiche" name="Bewilligt?" default="nein">
      <bpmn:incoming>f_geprueft</bpmn:incoming>
      <bpmn:outgoing>ja</bpmn:outgoing>
      <bpmn:outgoing>nein</bpmn:outgoing>
    </bpmn:exclusiveGateway>
    <bpmn:serviceTask id="bewilligung" name="Bewilligung erlassen"
        lz:command="issue-notice" lz:letter="bewilligung"
        lz:labelDe="Bescheid" lz:labelEn="Notice">
      <bpmn:incoming>ja</bpmn:incoming>
      <bpmn:outgoing>f_bewilligt</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:serviceTask id="ablehnung" name="Ablehnung erlassen"
        lz:command="issue-notice" lz:letter="ablehnung"
        lz:labelDe="Bescheid" lz:labelEn="Notice">
      <bpmn:incoming>nein</bpmn:incoming>
      <bpmn:outgoing>f_abgelehnt</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:endEvent id="bewilligt" name="Bewilligt" lz:outcome="granted">
      <bpmn:incoming>f_bewilligt</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:endEvent id="abgelehnt" name="Abgelehnt" lz:outcome="refused">
      <bpmn:incoming>f_abgelehnt</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="f_eingang" sourceRef="eingang" targetRef="pruefung" />
    <bpmn:sequenceFlow id="f_geprueft" sourceRef="pruefung" targetRef="weiche" />
    <bpmn:sequenceFlow id="ja" name="ja" sourceRef="weiche" targetRef="bewilligung">
      <bpmn:conditionExpression
          xsi:type="bpmn:tFormalExpression">entscheidung.ergebnis == "bewilligen"</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="nein" name="nein" sourceRef="weiche" targetRef="ablehnung" />
    <bpmn:sequenceFlow id="f_bewilligt" sourceRef="bewilligung" targetRef="bewilligt" />
    <bpmn:sequenceFlow id="f_abgelehnt" sourceRef="ablehnung" targetRef="abgelehnt" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="bild">
    <bpmndi:BPMNPlane id="flaeche" bpmnElement="{id}">
SHAPES
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""

# Element → left, top, width, height.
_BOXES = {
    "eingang": (60, 162, 36, 36),
    "pruefung": (160, 140, 140, 80),
    "weiche": (365, 155, 50, 50),
    "bewilligung": (480, 60, 140, 80),
    "ablehnung": (480, 220, 140, 80),
    "bewilligt": (690, 82, 36, 36),
    "abgelehnt": (690, 242, 36, 36),
}
# Flow → its points.
_LINES = {
    "f_eingang": ((96, 180), (160, 180)),
    "f_geprueft": ((300, 180), (365, 180)),
    "ja": ((390, 155), (390, 100), (480, 100)),
    "nein": ((390, 205), (390, 260), (480, 260)),
    "f_bewilligt": ((620, 100), (690, 100)),
    "f_abgelehnt": ((620, 260), (690, 260)),
}


def _drawing() -> str:
    shapes = [
        f'      <bpmndi:BPMNShape id="b_{name}" bpmnElement="{name}">\n'
        f'        <dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}" />\n'
        "      </bpmndi:BPMNShape>"
        for name, (x, y, width, height) in _BOXES.items()
    ]
    edges = [
        f'      <bpmndi:BPMNEdge id="b_{name}" bpmnElement="{name}">\n'
        + "".join(f'        <di:waypoint x="{x}" y="{y}" />\n' for x, y in points)
        + "      </bpmndi:BPMNEdge>"
        for name, points in _LINES.items()
    ]
    return "\n".join([*shapes, *edges])


PROCESS = PROCESS.replace("SHAPES", _drawing())
