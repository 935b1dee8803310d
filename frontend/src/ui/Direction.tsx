import { DirectionProvider, useDirection } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";

/** Tells Mantine which way the language runs. */
export function Direction({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  return (
    <DirectionProvider detectDirection={false} initialDirection={i18n.dir(i18n.resolvedLanguage)}>
      <Follow />
      {children}
    </DirectionProvider>
  );
}

function Follow() {
  const { i18n } = useTranslation();
  const { setDirection } = useDirection();
  const direction = i18n.dir(i18n.resolvedLanguage);
  useEffect(() => setDirection(direction), [direction, setDirection]);
  return null;
}
