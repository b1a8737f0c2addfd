import {
  DEPENDENCIES,
  guid,
  IDENTIFIER,
  TOLERANCE,
  typeIn3,
  type Variable,
  type Variant,
  variables,
} from "./description.ts";

/** The modelDescription.xml of FMI 3.0. */
export function modelDescription3(variant: Variant): string {
  const all = variables();
  const isExchange = variant.kind === "ModelExchange";
  const flags =
    (variant.isSerializable ? ' canGetAndSetFMUState="true" canSerializeFMUState="true"' : "") +
    (variant.isDirectional ? ' providesDirectionalDerivatives="true"' : "");
  const steps = isExchange ? "" : ' canHandleVariableCommunicationStepSize="true"';
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  const scalar = ({ name, reference, type, causality, description, attributes, derivativeOf }: Variable) => {
    const variability = type === "Real" ? "continuous" : "discrete";
    const derivative = derivativeOf === undefined ? "" : ` derivative="${derivativeOf - 1}"`;
    const head = `name="${escaped(name)}" valueReference="${reference}" description="${escaped(description)}"`;
    return `    <${typeIn3(type)} ${head} causality="${causality}" variability="${variability}" ${attributes}${derivative}/>`;
  };
  const outputs = all.filter(({ causality }) => causality === "output");
  // The states' references are their places, from 0. An input is in every air's balance.
  const input = all.find(({ causality }) => causality === "input")?.reference ?? 0;
  const derivatives = all.flatMap(({ derivativeOf, reference }) => {
    const states = derivativeOf === undefined ? undefined : DEPENDENCIES[derivativeOf - 1];
    return states === undefined
      ? []
      : [`<ContinuousStateDerivative valueReference="${reference}" dependencies="${[...states, input].join(" ")}"/>`];
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<fmiModelDescription fmiVersion="3.0" modelName="TwoZone" instantiationToken="${guid(variant)}" generationTool="cc">
  <${variant.kind} modelIdentifier="${IDENTIFIER}" canBeInstantiatedOnlyOncePerProcess="true"${flags}${steps}/>
  <UnitDefinitions>
    <Unit name="K"><BaseUnit K="1"/></Unit>
  </UnitDefinitions>
  <TypeDefinitions>
    <Float64Type name="Temperature" unit="K"/>
  </TypeDefinitions>
  <DefaultExperiment startTime="0" stopTime="86400" tolerance="${TOLERANCE}"/>
  <ModelVariables>
    <Float64 name="time" valueReference="1000" causality="independent" variability="continuous"/>
    <Float64 name="weights" valueReference="1001" causality="local"><Dimension start="2"/></Float64>
${all.map(scalar).join("\n")}
  </ModelVariables>
  <ModelStructure>
    ${outputs.map(({ reference }) => `<Output valueReference="${reference}"/>`).join("")}
    ${isExchange ? derivatives.join("") : ""}
    ${isExchange ? '<EventIndicator valueReference="0"/><EventIndicator valueReference="1"/>' : ""}
  </ModelStructure>
</fmiModelDescription>
`;
}
